import { cpus, release, totalmem, type } from 'node:os';

/** Where and when it was measured, in general terms. */
export function machine(processors: number): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const kernel = /^\d+\.\d+/.exec(release())?.[0] ?? release();
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${processors} processors (${model}), ${memory} GiB, ${type()} ${kernel}, Node ${process.versions.node}`;
}
