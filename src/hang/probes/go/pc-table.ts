import type { TargetMemory } from '../native/target-memory.ts';
import type { Frame } from '../stack.ts';

/** `runtime.pcHeader` since Go 1.18 and since 1.20 (runtime/symtab.go). */
const MAGICS: ReadonlySet<number> = new Set([0xfffffff0, 0xfffffff1]);

/** Offsets in `runtime._func` (runtime/runtime2.go). */
const FUNC = { name: 4, frameSize: 16, file: 20, line: 24, unit: 32 };

/** What Go's own traceback looks up by: functions, their lines and their frames' sizes. */
export interface PcTable {
  /** Null for an address that is in no function of Go. */
  functionAt(address: number): GoFunction | null;
}

interface GoFunction {
  readonly name: string;
  /** How far above the stack pointer the return address lies while it is at an instruction. */
  frameSize(address: number): number;
  frame(address: number): Frame;
}

/** Reads the table's head; null where it is of a version that is not known. */
export function pcTable(memory: TargetMemory, head: number): PcTable | null {
  if (!MAGICS.has(memory.bytes(head, 4).readUInt32LE(0))) return null;
  const step = memory.uint8(head + 6);
  const field = (index: number): number => memory.pointer(head + 8 + 8 * index);
  const [count, textStart] = [field(0), field(2)];
  const [names, units, files, values, functions] = [3, 4, 5, 6, 7].map((at) => head + field(at));
  if (
    names === undefined ||
    units === undefined ||
    files === undefined ||
    values === undefined ||
    functions === undefined
  )
    return null;
  const entryAt = (index: number): number => memory.int32(functions + 8 * index) + textStart;

  /** The last function that begins at or before an address. */
  function indexOf(address: number): number | null {
    if (address < textStart || address >= entryAt(count)) return null;
    let [low, high] = [0, count];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (entryAt(middle) <= address) low = middle;
      else high = middle;
    }
    return low;
  }

  return {
    functionAt(address) {
      const index = indexOf(address);
      if (index === null) return null;
      const entry = entryAt(index);
      const at = functions + memory.int32(functions + 8 * index + 4);
      const valueOf = (offset: number, target: number): number =>
        valueAt(memory, values + memory.int32(at + offset), entry, target, step);
      const name = memory.text(names + memory.int32(at + FUNC.name));
      return {
        name,
        frameSize: (target) => valueOf(FUNC.frameSize, target),
        frame(target) {
          const unit = memory.int32(at + FUNC.unit) + valueOf(FUNC.file, target);
          const file = memory.int32(units + 4 * unit);
          return {
            function: name,
            file: memory.text(files + file),
            line: valueOf(FUNC.line, target),
          };
        },
      };
    },
  };
}

/** No table of a function is so long. */
const MOST_STEPS = 100_000;

/** A value at an instruction: pairs of how far the value and the address advance (`runtime.step`). */
function valueAt(
  memory: TargetMemory,
  table: number,
  entry: number,
  target: number,
  step: number,
): number {
  let at = table;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = memory.uint8(at);
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) break;
    }
    return value;
  };
  let value = -1;
  let address = entry;
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const delta = next();
    if (delta === 0 && steps > 0) break;
    value += delta % 2 === 1 ? -(delta + 1) / 2 : delta / 2;
    address += next() * step;
    if (target < address) return value;
  }
  return value;
}
