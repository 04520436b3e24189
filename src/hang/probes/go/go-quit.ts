import { setTimeout as wait } from 'node:timers/promises';
import { isSystemError } from '../../../core/errors.ts';
import { fileSize, tailOf } from '../../../core/file-ends.ts';
import { isAlive, signalProcess } from '../../../process/proc-stat.ts';
import type { Observation, ObservedProcess } from '../../observe/observation.ts';
import { hasSignal } from '../../observe/process-sample.ts';
import { hasElfSection } from '../native/elf-symbols.ts';
import type { Answer, Probe, ProbeContext } from '../probe.ts';
import { parseGoDump } from './go-dump.ts';

const SIGQUIT = 3;
const STEP_MS = 20;
/** Of a longer dump only the end is read. */
const MOST_BYTES = 8 << 20;

/**
 * The goroutines of a Go program by SIGQUIT, which prints them and ends it: for those whose memory
 * says nothing (stripped, or of a Go that is not known), as the last thing before they are ended
 * anyway. It is read where the program's stderr, or the output of whoever passes it on, is a file.
 */
export const goQuit: Probe = {
  name: 'go-quit',
  disturbs: 'kills',
  limitMs: 2_000,
  applies: ({ pid, now }) =>
    hasSignal(now.signals.caught, SIGQUIT) && hasElfSection(`/proc/${pid}/exe`, '.go.buildinfo'),
  async run(process, { seen, found = [], signal }: ProbeContext): Promise<Answer> {
    const isKnown = found.some(
      ({ pid, stacks }) => pid === process.pid && stacks.some(({ language }) => language === 'go'),
    );
    if (isKnown) return { stacks: [], missing: null };
    const files = outputsOf(process, seen);
    if (files.length === 0) return { stacks: [], missing: 'what it would print goes to no file' };
    const before = files.map(sizeOf);
    signalProcess(process.pid, 'SIGQUIT');
    while (!signal.aborted) {
      await wait(STEP_MS);
      const said = files.map((file, index) => writtenSince(file, before[index] ?? 0));
      const stacks = parseGoDump(said.map(withoutJson).join('\n'));
      // Who passes it on does so line by line; the dump ends with the registers.
      const isOver = !isAlive(process.pid, process.now.startTime);
      if (stacks.length > 0 && isOver && said.some((text) => REGISTERS.test(text))) {
        return { stacks, missing: null };
      }
    }
    return { stacks: [], missing: 'it printed no goroutines' };
  },
};

/** The last lines of a dump on x86-64 and on arm64. */
const REGISTERS = /^(?:\{.*"Output":")?(?:gs|fault|pc) +0x/m;

/** The files that its own stderr, and the outputs of those above it in the tree, lead to. */
function outputsOf(process: ObservedProcess, { processes }: Observation): string[] {
  const files = new Set<string>();
  const met = new Set<number>();
  for (let at: ObservedProcess | undefined = process; at !== undefined && !met.has(at.pid);) {
    met.add(at.pid);
    for (const { fd, kind, target } of at.descriptors.list) {
      if ((fd === 1 || fd === 2) && kind === 'file') files.add(target);
    }
    at = processes.get(at.now.parent);
  }
  return [...files];
}

function sizeOf(file: string): number {
  return orWhereUnreadable(0, () => fileSize(file));
}

function writtenSince(file: string, before: number): string {
  const bytes = Math.min(MOST_BYTES, sizeOf(file) - before);
  return bytes <= 0 ? '' : orWhereUnreadable('', () => tailOf(file, bytes).toString());
}

/** Another user's file, or one that is gone. */
function orWhereUnreadable<T>(instead: T, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (isSystemError(error)) return instead;
    throw error;
  }
}

/** What `go test -json` makes of a program's output: one line of it in each of its own. */
function withoutJson(text: string): string {
  return text
    .split('\n')
    .map((line) => outputIn(line) ?? line)
    .join('\n');
}

function outputIn(line: string): string | null {
  const output = /^\{.*"Output":("(?:[^"\\]|\\.)*")\}$/.exec(line)?.[1];
  const value: unknown = output === undefined ? null : JSON.parse(output);
  return typeof value === 'string' ? value.trimEnd() : null;
}
