import type { Theorem } from './rule.ts';
import { setUpFailed } from './set-up-failed.ts';

/** Rules that are applied where the fault arises and not to an attempt's end. */
export const ELSEWHERE: readonly { readonly name: string; readonly theorem: Theorem }[] = [
  setUpFailed,
  {
    name: 'not-ready',
    theorem: {
      title: 'a service of [[setup]] does not take connections yet',
      matches:
        'ECONNREFUSED, or ENOENT of a socket, from connecting to the "ready" of a step of [[setup]]; no other fault.',
      proof:
        "The errno of connect(2), which is the step's own declared place, during its own set-up.",
      safe: 'A connection that was refused has done nothing.',
      bounds:
        'From 10 ms apart to 250 ms, until the "within" of the step is over; a hard cap, also where a connection hangs.',
      givesUp: 'The step has failed: see set-up-failed.',
      sources: ['connect(2)'],
    },
  },
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
