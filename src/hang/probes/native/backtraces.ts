import type { Frame, Stack } from '../stack.ts';

const THREAD = /^Thread \d+ \(.*?(?:LWP|process) (\d+)\)?(?: "(.*)")?\)?:$/;
const FRAME = /^#\d+\s+(?:0x[0-9a-f]+ in )?(.*?) \(.*?(?:\) at (.*):(\d+)|\) from .*|\))$/;

/** The threads in what gdb prints for `thread apply all bt`, the innermost frame first. */
export function parseBacktraces(text: string): Stack[] {
  const threads: { tid: number; name: string | null; frames: Frame[] }[] = [];
  for (const line of text.split('\n')) {
    const [, tid, name = null] = THREAD.exec(line) ?? [];
    if (tid !== undefined) threads.push({ tid: Number(tid), name, frames: [] });
    const [, callee, file, at] = FRAME.exec(line) ?? [];
    if (callee === undefined) continue;
    threads.at(-1)?.frames.push({
      function: callee,
      file: file ?? null,
      line: at === undefined ? null : Number(at),
    });
  }
  return threads.map((thread) => ({ language: 'native', of: 'thread', ...thread }));
}
