import { usageError } from '../core/errors.ts';

/**
 * What lies in a key's directory:
 *
 * - `slot-3`: the permit, as its backend keeps it
 * - `record-3`: what its last holder said of itself; whether it still holds is the slot's word
 * - `reserved-3`: below it lie all tokens of the slot, whatever a crash of the machine took away
 * - `wait-000000000017-2`: the ticket of somebody who waits, with the limit that it asked for
 * - `private-…`: what somebody prepares and nobody else looks into
 */
export const slotName = (slot: number): string => `slot-${slot}`;
export const recordName = (slot: number): string => `record-${slot}`;
export const reservedName = (slot: number): string => `reserved-${slot}`;
export const privateName = (what: string, nonce: string): string => `private-${what}-${nonce}`;

/** The slots of which there is such a file, in order. */
export function slotsOf(names: readonly string[], kind: 'slot' | 'record'): number[] {
  return names
    .filter((name) => name.startsWith(`${kind}-`))
    .map((name) => Number(name.slice(kind.length + 1)))
    .filter((slot) => Number.isInteger(slot))
    .toSorted((a, b) => a - b);
}

/** The name that a private thing was made under; null where it is none. */
export function nonceOfPrivate(name: string): string | null {
  const match = /^private-[a-z]+-(.+)$/.exec(name);
  return match?.[1] ?? null;
}

/** Somebody's place in the queue. */
export interface Ticket {
  readonly name: string;
  readonly number: number;
  readonly limit: number;
}

const TICKET = /^wait-(\d{12})-(\d+)$/;

export function ticketName(number: number, limit: number): string {
  return `wait-${String(number).padStart(12, '0')}-${limit}`;
}

/** The tickets among the names, the oldest first. */
export function ticketsOf(names: readonly string[]): Ticket[] {
  return names
    .map((name) => ({ name, match: TICKET.exec(name) }))
    .filter(({ match }) => match !== null)
    .map(({ name, match }) => ({ name, number: Number(match?.[1]), limit: Number(match?.[2]) }))
    .toSorted((a, b) => a.number - b.number || a.limit - b.limit);
}

/**
 * The name of a key's directory. A long key makes a long name, which the file system refuses
 * (`ENAMETOOLONG`) where a shortened one could be another key's.
 *
 * @throws PindownError for a key that is empty or no text
 */
export function directoryOf(key: string): string {
  if (key === '' || !key.isWellFormed()) {
    throw usageError(
      'lease-key',
      `Expected the key of a lease to be text, got ${JSON.stringify(key)}.`,
    );
  }
  return encodeURIComponent(key).replaceAll('.', '%2E').replaceAll('*', '%2A');
}

/** The key of a directory; null where the directory is nobody's of ours. */
export function keyOf(directory: string): string | null {
  try {
    const key = decodeURIComponent(directory);
    return directoryOf(key) === directory ? key : null;
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
