import type { Owner } from './claim.ts';

/** An owner as a label can hold it. */
export function ownerText({ pid, startTime, bootId }: Owner): string {
  return `${pid}:${startTime ?? ''}:${bootId ?? ''}`;
}

/** The owner that a label tells of; null where it tells of none. */
export function parseOwner(text: string): Owner | null {
  const [, pid, startTime, bootId] = /^(\d+):(\d*):([\w-]*)$/.exec(text) ?? [];
  if (pid === undefined || startTime === undefined || bootId === undefined) return null;
  return {
    pid: Number(pid),
    startTime: startTime === '' ? null : Number(startTime),
    bootId: bootId === '' ? null : bootId,
  };
}
