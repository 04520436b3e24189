import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isSystemError } from '../../../core/errors.ts';

/** elf(5): what is needed to find symbols by their names. */
const MAGIC = 0x7f454c46;
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const PT_LOAD = 1;
const SHT_SYMTAB = 2;
const SHT_DYNSYM = 11;
const SYMBOL_BYTES = 24;

/** A table larger than this is none of a program that is asked here, bytes. */
const MOST = 256 * 1024 * 1024;

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

/**
 * Where some symbols of a program or a library lie, relative to where its first byte is mapped;
 * null where the file may not be read or is no 64-bit ELF file. Symbols that it does not have are
 * left out.
 */
export function elfSymbols(
  path: string,
  names: readonly string[],
): ReadonlyMap<string, number> | null {
  const descriptor = open(path);
  if (descriptor === null) return null;
  try {
    return symbolsIn(descriptor, names);
  } finally {
    closeSync(descriptor);
  }
}

/** Whether a program or a library has a section of this name; false where that can't be read. */
export function hasElfSection(path: string, name: string): boolean {
  const descriptor = open(path);
  if (descriptor === null) return false;
  try {
    const head = take(descriptor, 0, 64);
    if (head === null || !isElf64(head)) return false;
    const names = sectionsOf(descriptor, head)[head.readUInt16LE(62)];
    const text = names === undefined ? null : take(descriptor, names.offset, names.size);
    return text?.includes(`\0${name}\0`) ?? false;
  } finally {
    closeSync(descriptor);
  }
}

function isElf64(head: Buffer): boolean {
  return head.readUInt32BE(0) === MAGIC && head[4] === CLASS_64 && head[5] === LITTLE_ENDIAN;
}

function symbolsIn(file: number, names: readonly string[]): ReadonlyMap<string, number> | null {
  const head = take(file, 0, 64);
  if (head === null || !isElf64(head)) return null;
  const base = firstAddress(file, head);
  const sections = sectionsOf(file, head);
  const found = new Map<string, number>();
  // The dynamic one is short, and is there where a program was stripped of the other.
  for (const type of [SHT_DYNSYM, SHT_SYMTAB]) {
    const table = sections.find((section) => section.type === type);
    const strings = table === undefined ? undefined : sections[table.link];
    if (table === undefined || strings === undefined) continue;
    const missing = names.filter((name) => !found.has(name));
    if (missing.length === 0) break;
    lookUp(
      missing,
      take(file, table.offset, table.size),
      take(file, strings.offset, strings.size),
      (name, value) => found.set(name, value - base),
    );
  }
  return found;
}

function lookUp(
  names: readonly string[],
  table: Buffer | null,
  strings: Buffer | null,
  onFound: (name: string, value: number) => void,
): void {
  if (table === null || strings === null) return;
  const wanted = new Map<number, string>();
  for (const name of names) {
    // Linkers let a name be the end of a longer one, so that more than one place may be meant.
    const text = `${name}\0`;
    for (let at = strings.indexOf(text); at >= 0; at = strings.indexOf(text, at + 1)) {
      wanted.set(at, name);
    }
  }
  if (wanted.size === 0) return;
  for (let at = 0; at + SYMBOL_BYTES <= table.length; at += SYMBOL_BYTES) {
    const name = wanted.get(table.readUInt32LE(at));
    const section = table.readUInt16LE(at + 6);
    if (name !== undefined && section !== 0) onFound(name, Number(table.readBigUInt64LE(at + 8)));
  }
}

/** The address that the file's first byte would have: 0 but for a program at a fixed place. */
function firstAddress(file: number, head: Buffer): number {
  const offset = Number(head.readBigUInt64LE(32));
  const [size, count] = [head.readUInt16LE(54), head.readUInt16LE(56)];
  const bytes = take(file, offset, size * count);
  if (bytes === null) return 0;
  for (let at = 0; at < bytes.length; at += size) {
    if (bytes.readUInt32LE(at) !== PT_LOAD) continue;
    return Number(bytes.readBigUInt64LE(at + 16)) - Number(bytes.readBigUInt64LE(at + 8));
  }
  return 0;
}

function sectionsOf(file: number, head: Buffer): Section[] {
  const offset = Number(head.readBigUInt64LE(40));
  const [size, count] = [head.readUInt16LE(58), head.readUInt16LE(60)];
  const bytes = take(file, offset, size * count);
  if (bytes === null) return [];
  return Array.from({ length: count }, (_, index) => {
    const at = index * size;
    return {
      type: bytes.readUInt32LE(at + 4),
      offset: Number(bytes.readBigUInt64LE(at + 24)),
      size: Number(bytes.readBigUInt64LE(at + 32)),
      link: bytes.readUInt32LE(at + 40),
    };
  });
}

function take(file: number, offset: number, length: number): Buffer | null {
  if (length <= 0 || length > MOST || offset + length > fstatSync(file).size) return null;
  const bytes = Buffer.alloc(length);
  return readSync(file, bytes, 0, length, offset) === length ? bytes : null;
}

function open(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}
