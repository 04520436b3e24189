import type { Frame, Stack } from '../stack.ts';
import { isSystem } from './is-system.ts';

const GOROUTINE = /^goroutine (\d+)(?: gp=\S+ m=\S+(?: mp=\S+)?)? \[(.*)\]:$/;
const FILE = /^\t(.*):(\d+)(?: \+0x[0-9a-f]+)?(?: fp=0x[0-9a-f]+ .*)?$/;
/** The end of every stack. */
const EXIT = 'runtime.goexit';

/**
 * The goroutines in what a Go program prints when it dies of SIGQUIT or a panic (runtime/traceback.go);
 * what else is in the text is passed over, and so are the runtime's own. A goroutine that was printed
 * twice counts once.
 */
export function parseGoDump(text: string): Stack[] {
  const stacks = new Map<string, Stack>();
  for (const block of text.split(/\n(?=goroutine \d+ )|\n\n/)) {
    const [head = '', ...lines] = block.trimStart().split('\n');
    const [, id = '', state = ''] = GOROUTINE.exec(head) ?? [];
    const frames = framesIn(lines);
    if (id === '' || stacks.has(id) || isSystem(frames)) continue;
    stacks.set(id, {
      language: 'go',
      of: 'task',
      tid: null,
      name: `goroutine ${id}`,
      // `chan receive, 2 minutes, locked to thread`
      state: state.split(', ')[0] ?? state,
      frames,
    });
  }
  return [...stacks.values()];
}

function framesIn(lines: readonly string[]): Frame[] {
  const frames: Frame[] = [];
  for (const [index, line] of lines.entries()) {
    const [, file = '', at] = FILE.exec(lines[index + 1] ?? '') ?? [];
    // `created by main.main` tells who started it, and is no frame of it.
    if (at === undefined || line.startsWith('\t') || line.startsWith('created by ')) continue;
    const name = line.replace(/\([^()]*\)$/, '');
    if (name !== EXIT) frames.push({ function: name, file, line: Number(at) });
  }
  return frames;
}
