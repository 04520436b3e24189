import type { Frame, Lock, Stack } from '../stack.ts';

const THREAD = /^"(.*)"(?: #\d+)?.*?(?: nid=(0x[0-9a-f]+|\d+))(?: (.*?))?\s*(?:\[[^\]]*\])?\s*$/;
const FRAME = /^\tat ([^(]+)\((?:[^)/]*\/)?([^):]*)(?::(\d+))?\)/;
const WAITS =
  /^\t- (?:waiting to lock|parking to wait for|waiting to re-lock in wait\(\))\s+<(0x[0-9a-f]+)> \(an? (.*)\)/;
const IN_WAIT = /^\t- waiting on <(0x[0-9a-f]+)>/;
const LOCKED = /^\t- (?:locked )?<(0x[0-9a-f]+)> \(an? (.*)\)/;
const STATE = /^ {3}java\.lang\.Thread\.State: (.*)/;

/** What HotSpot prints on SIGQUIT, and answers to `jcmd PID Thread.print -l`. */
export interface ThreadDump {
  readonly stacks: readonly Stack[];
  /** Each `Found one Java-level deadlock` and the like, with the threads that are named in it. */
  readonly found: readonly string[];
}

/** Reads the last thread dump in a text; what is in it of other things is passed over. */
export function parseThreadDump(text: string): ThreadDump {
  const start = text.lastIndexOf('Full thread dump');
  const [threads = '', ...circles] = (start < 0 ? '' : text.slice(start)).split(/^Found (?=one )/m);
  return {
    stacks: blocksOf(threads).flatMap((lines) => stackOf(lines) ?? []),
    found: circles.map((circle) => {
      const named = [...circle.matchAll(/^"(.*)":$/gm)].map(([, name]) => name);
      const [title = ''] = circle.split(':');
      return `Found ${title}: ${[...new Set(named)].join(', ')}`;
    }),
  };
}

/** The lines of each thread, the one with its name first. */
function blocksOf(text: string): string[][] {
  const blocks: string[][] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('"')) blocks.push([line]);
    else blocks.at(-1)?.push(line);
  }
  return blocks;
}

function stackOf([head = '', ...lines]: readonly string[]): Stack | null {
  const found = THREAD.exec(head);
  if (found === null) return null;
  const frames: Frame[] = [];
  const holds: Lock[] = [];
  const given = new Set<string>();
  let waitsFor: Lock | null = null;
  let state = found[3] ?? '';
  for (const line of lines) {
    const [, name, file = '', at] = FRAME.exec(line) ?? [];
    if (name !== undefined) frames.push(frameOf(name, file, at));
    const waits = WAITS.exec(line);
    const locked = LOCKED.exec(line);
    const inWait = IN_WAIT.exec(line)?.[1];
    if (waits !== null) waitsFor = lockOf(waits);
    else if (locked !== null) holds.push(lockOf(locked));
    // Object.wait() gives the monitor back, and the dump still has it as locked further out.
    if (inWait !== undefined) given.add(inWait);
    state = STATE.exec(line)?.[1] ?? state;
  }
  const kept = holds.filter(({ id }) => !given.has(id) && id !== waitsFor?.id);
  return {
    language: 'java',
    of: 'thread',
    tid: Number(found[2]),
    name: found[1] ?? '',
    frames,
    state,
    ...(waitsFor === null ? {} : { waitsFor }),
    ...(kept.length === 0 ? {} : { holds: kept }),
  };
}

function lockOf([, id = '', kind = '']: RegExpExecArray): Lock {
  return { id, kind };
}

function frameOf(name: string, file: string, line: string | undefined): Frame {
  const isKnown = line !== undefined;
  return { function: name, file: isKnown ? file : null, line: isKnown ? Number(line) : null };
}
