import { type HolderRecord, readRecords } from './holder-record.ts';
import { reservedName } from './names.ts';
import { attempted, done, Obstacle, type Steps } from './operation.ts';
import { replaceFile } from './replace-file.ts';

/** The largest limit of a key: a token's last three digits are its slot. */
export const MOST_PERMITS = 1000;

/** So many counts are made durable at once: one fsync(2) for all of them. */
const BLOCK = 4096;

/**
 * The fencing token of a count in a slot. No two holders of a key ever have the same, and whoever
 * acquires after another has acquired has the larger one: its count is above all that were
 * recorded. Two that acquire different slots at the same moment may draw the same count; the slot
 * tells them apart.
 */
export function tokenOf({ count, slot }: Pick<HolderRecord, 'count' | 'slot'>): number {
  return count * MOST_PERMITS + slot;
}

/**
 * Draws the next count for a slot that the caller has claimed.
 *
 * Counts are recorded without waiting for the disk, which is enough while the machine runs. What a
 * crash of it may take away lies below a bound that was made durable before. Where there is no
 * trace at all, as after somebody has removed the directory, the wall clock is the start: it is
 * beyond any count as long as there were not a thousand holders a second.
 *
 * @param slots all that had been used when the attempt began, and the claimed one
 */
export function* drawCount(
  { slot, boot, holder }: Pick<HolderRecord, 'slot' | 'boot' | 'holder'>,
  slots: readonly number[],
): Steps<Pick<HolderRecord, 'count' | 'reserved'>> {
  const current = (yield* readRecords(slots)).filter((record) => record.boot === boot);
  const own = current.find((record) => record.slot === slot);
  const recorded = Math.max(0, ...current.map(({ count }) => count));
  // A record of this boot was itself drawn above all that was durable before.
  const bound = own === undefined ? yield* highestEver(slots) : 0;
  const count = Math.max(recorded, bound) + 1;
  if (!Number.isSafeInteger(tokenOf({ count: count + BLOCK, slot }))) {
    throw new Obstacle('EOVERFLOW', `the tokens are used up, or a clock was set to ${bound} ms`);
  }
  if (own !== undefined && count <= own.reserved) return { count, reserved: own.reserved };
  const reserved = count + BLOCK;
  yield* replaceFile(reservedName(slot), `${reserved}\n`, { nonce: holder, durable: true });
  return { count, reserved };
}

/** No count that was ever given out lies above it. */
function* highestEver(slots: readonly number[]): Steps<number> {
  let bound = yield* done({ op: 'wall-clock' });
  for (const slot of slots) {
    const read = yield* attempted({ op: 'read', path: reservedName(slot) }, 'ENOENT');
    const reserved = read.ok ? Number(read.value) : 0;
    if (Number.isSafeInteger(reserved)) bound = Math.max(bound, reserved);
  }
  return bound;
}
