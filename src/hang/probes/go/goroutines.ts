import { elfSymbols, hasElfSection } from '../native/elf-symbols.ts';
import { mappedFiles } from '../native/mapped-files.ts';
import { TargetMemory, UnreadableMemory } from '../native/target-memory.ts';
import type { ObservedProcess } from '../../observe/observation.ts';
import type { Answer, Probe } from '../probe.ts';
import type { Frame, Stack } from '../stack.ts';
import { isSystem } from './is-system.ts';
import { pcTable, type PcTable } from './pc-table.ts';

const SYMBOLS = {
  all: 'runtime.allgs',
  reasons: 'runtime.waitReasonStrings',
  table: 'runtime.pclntab',
  version: 'runtime.buildVersion',
} as const;

/** Offsets in `runtime.g`, the same from Go 1.18 to 1.22 (runtime/runtime2.go). */
const G = { sp: 56, pc: 64, syscallSp: 112, syscallPc: 120, status: 144, id: 152, reason: 176 };
const VERSION = /^go1\.(?:18|19|20|21|22)(?!\d)/;

const MOST_GOROUTINES = 2_000;
const MOST_FRAMES = 100;

/**
 * The goroutines of a Go program with their states and lines, out of its memory: what SIGQUIT would
 * print, but that the program goes on. Only on x86-64, and where it was not stripped of its symbols.
 */
export const goroutines: Probe = {
  name: 'goroutines',
  disturbs: 'nothing',
  limitMs: 1_000,
  // What it was built from is in every Go program, and the name is found at once.
  applies: ({ pid }) =>
    process.arch === 'x64' && hasElfSection(`/proc/${pid}/exe`, '.go.buildinfo'),
  run: (subject) => Promise.resolve(readGo(subject)),
};

function readGo({ pid, now }: ObservedProcess): Answer {
  const symbols =
    elfSymbols(`/proc/${pid}/exe`, Object.values(SYMBOLS)) ?? new Map<string, number>();
  if (symbols.size < Object.keys(SYMBOLS).length) return nothing('it was stripped of its symbols');
  const start = mappedFiles(pid).find(({ path }) => path === now.executable)?.start;
  if (start === undefined) return nothing('where its program lies is not known');
  const address = (name: string): number => start + (symbols.get(name) ?? 0);
  try {
    const answer = TargetMemory.read(pid, (memory): Answer => {
      const version = goText(memory, address(SYMBOLS.version));
      if (!VERSION.test(version))
        return nothing(`${version} keeps its goroutines in a way that is not known`);
      const table = pcTable(memory, address(SYMBOLS.table));
      if (table === null) return nothing(`${version} has a table of lines that is not known`);
      const stacks = readAll(memory, address(SYMBOLS.all), address(SYMBOLS.reasons), table);
      return { stacks, missing: null };
    });
    return answer ?? nothing(`the memory of pid ${pid} may not be read`);
  } catch (error) {
    if (!(error instanceof UnreadableMemory)) throw error;
    return nothing(`its memory changed while it was read: ${error.message}`);
  }
}

/** `_Gidle`, `_Grunnable`, … (runtime/runtime2.go); above them a bit says that it is scanned. */
const STATES = [
  'idle',
  'runnable',
  'running',
  'syscall',
  'waiting',
  '',
  'dead',
  '',
  'copystack',
  'preempted',
];
const SCANNED = 0x1000;

function readAll(memory: TargetMemory, all: number, reasons: number, table: PcTable): Stack[] {
  const [list, length] = [memory.pointer(all), memory.pointer(all + 8)];
  const stacks: Stack[] = [];
  for (let index = 0; index < Math.min(length, MOST_GOROUTINES); index += 1) {
    const g = memory.pointer(list + 8 * index);
    const status = STATES[memory.int32(g + G.status) & ~SCANNED] ?? '';
    if (status === 'dead' || status === 'idle') continue;
    const isWaiting = status === 'waiting';
    const reason = isWaiting ? goText(memory, reasons + 16 * memory.uint8(g + G.reason)) : '';
    const frames = framesOf(memory, g, status, table);
    if (isSystem(frames)) continue;
    stacks.push({
      language: 'go',
      of: 'task',
      tid: null,
      name: `goroutine ${memory.pointer(g + G.id)}`,
      frames,
      state: reason === '' ? status : reason,
    });
  }
  return stacks;
}

function framesOf(memory: TargetMemory, g: number, status: string, table: PcTable): Frame[] {
  // What runs has its registers where they can't be read.
  if (status === 'running') return [];
  const inCall = status === 'syscall';
  let address = memory.pointer(g + (inCall ? G.syscallPc : G.pc));
  let stack = memory.pointer(g + (inCall ? G.syscallSp : G.sp));
  const frames: Frame[] = [];
  while (frames.length < MOST_FRAMES) {
    const callee = table.functionAt(address);
    if (callee === null || callee.name === 'runtime.goexit') break;
    // A return address is that of the instruction after the call.
    frames.push(callee.frame(frames.length === 0 ? address : address - 1));
    const above = stack + callee.frameSize(address);
    address = memory.pointer(above);
    stack = above + 8;
  }
  return frames;
}

/** A `string`: where it lies, and its length. */
function goText(memory: TargetMemory, address: number): string {
  const length = memory.pointer(address + 8);
  return length === 0
    ? ''
    : memory.bytes(memory.pointer(address), Math.min(length, 200)).toString();
}

function nothing(missing: string): Answer {
  return { stacks: [], missing };
}
