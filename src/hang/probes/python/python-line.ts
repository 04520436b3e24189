/**
 * The line of an instruction by CPython's three kinds of tables (Objects/lnotab_notes.txt,
 * Objects/locations.md); null where it has none.
 *
 * @param offset of the instruction within its code, bytes; below 0 where the code has not begun
 */
export function pythonLine(
  kind: 'lnotab' | 'linetable' | 'locations',
  table: Buffer,
  firstLine: number,
  offset: number,
): number | null {
  if (offset < 0) return firstLine;
  switch (kind) {
    case 'lnotab':
      return byLnotab(table, firstLine, offset);
    case 'linetable':
      return byLinetable(table, firstLine, offset);
    case 'locations':
      return byLocations(table, firstLine, offset);
  }
}

/** Until 3.9: pairs of how far the address and the line advance. */
function byLnotab(table: Buffer, firstLine: number, offset: number): number {
  let line = firstLine;
  let address = 0;
  for (let at = 0; at + 1 < table.length; at += 2) {
    address += table.readUInt8(at);
    if (address > offset) break;
    line += table.readInt8(at + 1);
  }
  return line;
}

/** 3.10: pairs of a range's length and how far its line is from the one before; -128 for none. */
function byLinetable(table: Buffer, firstLine: number, offset: number): number | null {
  let line = firstLine;
  let end = 0;
  for (let at = 0; at + 1 < table.length; at += 2) {
    end += table.readUInt8(at);
    const delta = table.readInt8(at + 1);
    if (delta !== -128) line += delta;
    if (offset < end) return delta === -128 ? null : line;
  }
  return null;
}

const NO_LINE = 15;
const LONG_FORM = 14;
const NO_COLUMNS = 13;
const ONE_LINE = 10;

/** Since 3.11: entries of a form, a length in instructions of 2 bytes, and a place. */
function byLocations(table: Buffer, firstLine: number, offset: number): number | null {
  let line = firstLine;
  let end = 0;
  for (let at = 0; at < table.length;) {
    const head = table.readUInt8(at);
    const form = (head >> 3) & 15;
    end += ((head & 7) + 1) * 2;
    if (form === LONG_FORM || form === NO_COLUMNS) line += signedAt(table, at + 1);
    else if (form >= ONE_LINE && form < NO_COLUMNS) line += form - ONE_LINE;
    if (offset < end) return form === NO_LINE ? null : line;
    // Only the first byte of an entry has its highest bit set.
    for (at += 1; at < table.length && (table.readUInt8(at) & 0x80) === 0;) at += 1;
  }
  return null;
}

/** Six bits a byte, the lowest first, and the sign in the lowest of all. */
function signedAt(table: Buffer, at: number): number {
  let value = 0;
  for (let shift = 0, index = at; index < table.length; index += 1, shift += 6) {
    const byte = table.readUInt8(index);
    value += (byte & 0x3f) * 2 ** shift;
    if ((byte & 0x40) === 0) break;
  }
  return value % 2 === 1 ? -Math.floor(value / 2) : value / 2;
}
