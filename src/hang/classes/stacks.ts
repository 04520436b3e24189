import type { ThreadRef, Wait } from '../graph/wait.ts';
import { framePlace, type Frame, type Stack } from '../probes/stack.ts';
import type { Root, Scene } from './hang-class.ts';

/** A stack, with the process that it is of. */
export interface StackOf extends Stack {
  readonly pid: number;
}

/** What was asked of the tree's processes, all stacks of one language. */
export function stacksIn({ seen }: Scene, language: Stack['language']): StackOf[] {
  return (seen.findings ?? []).flatMap(({ pid, stacks }) =>
    stacks.filter((stack) => stack.language === language).map((stack) => ({ ...stack, pid })),
  );
}

/** The same by process. */
export function stacksByProcess(
  scene: Scene,
  language: Stack['language'],
): ReadonlyMap<number, readonly StackOf[]> {
  return Map.groupBy(stacksIn(scene, language), ({ pid }) => pid);
}

/** What belongs to a language and not to a program: CPython's, Node's, Go's and Java's own. */
const LIBRARY: Readonly<Record<Stack['language'], (frame: Frame) => boolean>> = {
  python: ({ file }) =>
    file === null ||
    file.startsWith('<') ||
    /\/lib\/python3\.\d+\/(?!(?:site|dist)-packages\/)/.test(file),
  node: ({ file }) => file === null || file.startsWith('node:'),
  go: ({ file }) => file === null || /\/(?:go|go-[\d.]+)\/src\//.test(file),
  java: ({ function: name }) => /^(?:java|javax|jdk|sun)\./.test(name),
  native: ({ file }) =>
    file === null || /^(?:\.{1,2}\/|\/usr\/(?:include|src)\/|\/rustc\/|library\/)/.test(file),
  shell: () => false,
};

/** Whether a frame is of what belongs to its language, and not of the program. */
export function isOfLibrary(frame: Frame, language: Stack['language']): boolean {
  return LIBRARY[language](frame);
}

/** The innermost frame of a program's own code; where there is none, the innermost with a line. */
export function ownFrame({ frames, language }: Stack): Frame | null {
  const placed = frames.filter(({ line }) => line !== null);
  return placed.find((frame) => !LIBRARY[language](frame)) ?? placed[0] ?? null;
}

/** What the thread of a stack waits for, by the kernel; undefined where it is not known. */
export function waitOfStack({ waits }: Scene, { pid, tid }: StackOf): Wait | undefined {
  return waits.find(({ thread }) => thread.pid === pid && thread.tid === tid);
}

/** Where a stack is in its program's own code, for people. */
export function placeOfStack(stack: Stack): string {
  const frame = ownFrame(stack);
  return frame === null ? 'a place that is not known' : framePlace(frame);
}

/** Where the code of a thread is, by the first that told; null where nobody did. */
export function placeOfThread({ seen }: Scene, { pid, tid }: ThreadRef): string | null {
  for (const finding of seen.findings ?? []) {
    const stack = finding.pid === pid ? finding.stacks.find((one) => one.tid === tid) : undefined;
    const frame = stack === undefined ? null : ownFrame(stack);
    if (frame !== null) return framePlace(frame);
  }
  return null;
}

/** The root of a claim that is laid at what a stack is at. */
export function rootOfStack({ seen }: Scene, stack: StackOf): Root {
  const { pid, tid } = stack;
  const frame = ownFrame(stack);
  return {
    pid,
    command: seen.processes.get(pid)?.now.commandLine ?? `pid ${pid}`,
    thread: tid === null ? null : { pid, tid },
    fd: null,
    place: frame === null ? null : framePlace(frame),
  };
}

/** `thread 12 (worker)`, `pid 12`, for people. */
export function nameStack({ pid, tid, name }: StackOf): string {
  if (tid === pid) return `the main thread of pid ${pid}`;
  const who = tid === null ? `a task of pid ${pid}` : `thread ${tid}`;
  return name === null ? who : `${who} (${name})`;
}
