import type { Theorem } from './rule.ts';

/** Rules that are applied where the fault arises and not to an attempt's end. */
export const ELSEWHERE: readonly { readonly name: string; readonly theorem: Theorem }[] = [
  {
    name: 'store-busy',
    theorem: {
      title: "Pindown's own history is being written by another Pindown",
      matches: 'SQLITE_BUSY from the history of this project.',
      proof: "SQLite's own result code: the transaction was refused before it wrote anything.",
      safe: 'A transaction that was refused has changed nothing.',
      bounds: "SQLite's own busy handler waits and asks again, for 5 s in all.",
      givesUp: 'The run goes on without its history, says so, and ends with 6 if all passed.',
      sources: ['https://www.sqlite.org/rescode.html#busy'],
    },
  },
];
