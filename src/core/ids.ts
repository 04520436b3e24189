import { randomFillSync } from 'node:crypto';

const random = new Uint8Array(16);
let lastMs = 0;
let sequence = 0;

/**
 * A UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, then a 12-bit counter that keeps ids
 * of one process in order within a millisecond (section 6.2, method 1), then 62 random bits.
 */
export function uuidv7(nowMs: number = Date.now()): string {
  if (nowMs > lastMs) {
    lastMs = nowMs;
    sequence = 0;
  } else if (++sequence > 0xfff) {
    // Counter exhausted, or the clock stepped back: stay monotonic by borrowing the next one.
    lastMs += 1;
    sequence = 0;
  }
  randomFillSync(random);
  const bytes = Buffer.from(random);
  bytes.writeUIntBE(lastMs, 0, 6);
  bytes.writeUInt16BE(0x7000 | sequence, 6);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** When a UUIDv7 says that it was made, milliseconds since the epoch. */
export function uuidv7Time(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
