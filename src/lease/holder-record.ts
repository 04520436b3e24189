import { recordName } from './names.ts';
import { attempted, type Steps } from './operation.ts';
import { replaceFile } from './replace-file.ts';

/**
 * What the last holder of a slot said of itself. It is replaced whole, only by who has claimed the
 * slot, and stays when the slot is released: whether its writer still holds is the claim's word.
 */
export interface HolderRecord {
  readonly slot: number;
  readonly limit: number;
  /** The count within the token; see {@link nextToken}. */
  readonly count: number;
  /** The counts that a crash of the machine can't bring back lie above it. */
  readonly reserved: number;
  /** The boot that `sinceMs` counts from. */
  readonly boot: string;
  /** When it was acquired, milliseconds of the monotonic clock, which all processes share. */
  readonly sinceMs: number;
  /** Who: a name of {@link mintName}. */
  readonly holder: string;
}

const NUMBERS = ['slot', 'limit', 'count', 'reserved', 'sinceMs'] as const;
const TEXTS = ['boot', 'holder'] as const;

/** The records of these slots, as far as there are any. */
export function* readRecords(slots: readonly number[]): Steps<HolderRecord[]> {
  const records: HolderRecord[] = [];
  for (const slot of slots) {
    const read = yield* attempted({ op: 'read', path: recordName(slot) }, 'ENOENT');
    const record = read.ok ? parseRecord(read.value) : null;
    if (record?.slot === slot) records.push(record);
  }
  return records;
}

export function* writeRecord(record: HolderRecord): Steps<void> {
  const own = { nonce: record.holder, durable: false };
  yield* replaceFile(recordName(record.slot), `${JSON.stringify(record)}\n`, own);
}

/** Null for what no holder wrote so, such as the empty file that a crash of the machine leaves. */
function parseRecord(text: string): HolderRecord | null {
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const whole =
      NUMBERS.every((name) => Number.isSafeInteger(value[name])) &&
      TEXTS.every((name) => typeof value[name] === 'string');
    return whole ? (value as unknown as HolderRecord) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
