import { readProcFile } from '../../../process/proc-stat.ts';

/** A file that a process has mapped, from its beginning. */
export interface MappedFile {
  readonly path: string;
  /** Where its first byte lies. */
  readonly start: number;
}

/** The files whose beginning a process has mapped, by `/proc/PID/maps` (proc_pid_maps(5)). */
export function mappedFiles(pid: number): MappedFile[] {
  const found = new Map<string, MappedFile>();
  for (const line of (readProcFile(`/proc/${pid}/maps`) ?? '').split('\n')) {
    const parts = /^([0-9a-f]+)-[0-9a-f]+ \S+ 0+ \S+ \d+\s+(\/.*)$/.exec(line);
    const [, start = '', path = ''] = parts ?? [];
    if (parts === null || found.has(path)) continue;
    found.set(path, { path, start: Number.parseInt(start, 16) });
  }
  return [...found.values()];
}
