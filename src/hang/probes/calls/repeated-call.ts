/** A system call of a process that was traced, with how often it was made alike. */
export interface RepeatedCall {
  readonly name: string;
  /** The path or the descriptor that it was for: `/tmp/x`, `fd 5`; null where it has neither. */
  readonly target: string | null;
  /** `ok`, `0`, or the name of its error. */
  readonly result: string;
  readonly times: number;
}

/** One call as it was traced. */
export type TracedCall = Omit<RepeatedCall, 'times'>;

const MOST = 50;

/** Puts like calls together, the most frequent first. */
export function repeatedCalls(calls: readonly TracedCall[]): RepeatedCall[] {
  const found = new Map<string, RepeatedCall>();
  for (const call of calls) {
    const key = `${call.name}\n${call.target ?? ''}\n${call.result}`;
    found.set(key, { ...call, times: (found.get(key)?.times ?? 0) + 1 });
  }
  return [...found.values()].toSorted((a, b) => b.times - a.times).slice(0, MOST);
}

/** What a call returned: an error's name, 0, or anything else. */
export function resultOf(text: string): string {
  const error = /^-1 (E[A-Z0-9]+)/.exec(text)?.[1];
  return error ?? (/^0(?:x0)?(?:\s|$)/.test(text) ? '0' : 'ok');
}
