import type { Blocked, Decoded } from './decoded.ts';
import { epollWait, pollWait, selectWait } from './poll-wait.ts';
import { timedWait } from './timed-wait.ts';

/** A call that ends at a time; of a poll it is told beside what it polls. */
export function limitedWait(blocked: Blocked): Decoded | null {
  const timed = timedWait(blocked);
  if (timed === null) return null;
  const { fds = [], interests } =
    pollWait(blocked) ?? selectWait(blocked) ?? epollWait(blocked) ?? timed;
  return interests === undefined ? timed : { ...timed, fds, interests };
}
