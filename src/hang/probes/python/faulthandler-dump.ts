import type { Frame, Stack } from '../stack.ts';

const THREAD =
  /^(?:Current thread|Thread) 0x([0-9a-f]+)(?: \[(.*)\])? \(most recent call first\):$/;
const FRAME = /^ {2}File "(.*)", line (\d+|\?\?\?) in (.*)$/;

/**
 * The threads in what Python's `faulthandler` writes (Python/traceback.c): the last dump that is in
 * the text. It knows threads by their `pthread_t`, which is not the kernel's id.
 */
export function parseFaulthandler(text: string): Stack[] {
  let stacks: { id: string; name: string | null; frames: Frame[] }[] = [];
  for (const line of text.split('\n')) {
    const [, id, name = null] = THREAD.exec(line) ?? [];
    if (id !== undefined) {
      // A thread that comes again begins the next dump.
      if (stacks.some((one) => one.id === id)) stacks = [];
      stacks.push({ id, name, frames: [] });
      continue;
    }
    const [, file = '', at, caller = ''] = FRAME.exec(line) ?? [];
    if (at === undefined) continue;
    stacks.at(-1)?.frames.push({ function: caller, file, line: at === '???' ? null : Number(at) });
  }
  return stacks.map(({ name, frames }) => ({
    language: 'python',
    of: 'thread',
    tid: null,
    name,
    frames,
  }));
}
