import { getSystemErrorMap } from 'node:util';
import { readText } from '../../observe/process-memory.ts';
import { readProcFile } from '../../../process/proc-stat.ts';

const HALF = 32n;

/**
 * The text at a pointer of which perf(1) shows the lower half only (it prints an int): the upper one
 * is one of the few that the process has anything mapped at. Null where nothing like a name is there.
 */
export function textAt(pid: number, pointer: bigint): string | null {
  const uppers = pointer >> HALF === 0n ? mappedHalves(pid) : [0n];
  const addresses = uppers.map((upper) => (upper << HALF) + pointer);
  const names = addresses.flatMap((address) => nameAt(pid, address) ?? []);
  if (names.length > 0) return names.find((name) => name.includes('/')) ?? names[0] ?? null;
  const ends = addresses.flatMap((address) => nameAt(pid, address + FREED) ?? []);
  const end = ends.find((name) => name.includes('/')) ?? ends[0];
  return end === undefined ? null : `…${end}`;
}

/** malloc(3) of glibc links what was freed by its first bytes, and leaves the rest as it was. */
const FREED = 16n;

/** What strerror(3) says: it often lies where the name was that the call failed on. */
const MESSAGES = [...getSystemErrorMap().values()]
  .map(([, message]) => message)
  .filter((message) => message.includes(' '));

function nameAt(pid: number, address: bigint): string | null {
  const text = readText(pid, address);
  if (text === null || !/^[^\p{Cc}\uFFFD]{2,}$/u.test(text)) return null;
  const lower = text.toLowerCase();
  return MESSAGES.some((message) => lower.includes(message)) ? null : text;
}

/** The upper halves of all addresses that are mapped (proc_pid_maps(5)). */
function mappedHalves(pid: number): bigint[] {
  const maps = readProcFile(`/proc/${pid}/maps`) ?? '';
  const found = new Set<bigint>();
  for (const [, start, end] of maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) r/gm)) {
    found.add(BigInt(`0x${start}`) >> HALF).add(BigInt(`0x${end}`) >> HALF);
  }
  return [...found];
}
