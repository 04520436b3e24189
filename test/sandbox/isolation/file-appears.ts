import { existsSync, watch } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Waits until a process has made a file.
 *
 * @param ended settles when that process can't make it any more; then this rejects
 */
export async function fileAppears(file: string, ended: Promise<unknown>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const look = (): void => {
    if (existsSync(file)) resolve();
  };
  const watcher = watch(dirname(file), look);
  void ended.then(() => reject(new Error(`Expected ${file} before the end of its process`)));
  look();
  await promise;
  watcher.close();
}
