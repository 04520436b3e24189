import { hasEnded } from '../../process/proc-stat.ts';
import type { Blocked, Decoded } from './decoded.ts';
import { asInt } from './timed-wait.ts';
import type { Source } from './wait.ts';

/** waitid(2): P_ALL, P_PID, P_PGID. */
const P_PID = 1;
const P_PGID = 2;

/** `wait4` and `waitid`: the children that it would take. */
export function childWait({ call, process, seen }: Blocked): Decoded | null {
  if (call.name !== 'wait4' && call.name !== 'waitid') return null;
  const wanted =
    call.name === 'wait4'
      ? ofWait4(asInt(call.args[0] ?? 0n), process.now.group)
      : ofWaitid(call.args);
  const children = [...seen.processes.values()].filter(
    ({ now }) => now.parent === process.pid && wanted.takes(now.pid, now.group),
  );
  const sources = children.map(({ pid, now }): Source => {
    const via = 'its child';
    return hasEnded(now) ? { kind: 'ready', via } : { kind: 'end', pid, via };
  });
  return {
    kind: 'child',
    what: `waits for the end of ${wanted.name}`,
    // A child that is not of the tree that was looked at can only be one that came since.
    sources: sources.length > 0 ? sources : [{ kind: 'unknown', via: 'a child that was not seen' }],
  };
}

interface Wanted {
  readonly name: string;
  takes(pid: number, group: number): boolean;
}

/** wait4(2): a pid, any child (-1), of its own group (0), of a group (less than -1). */
function ofWait4(pid: number, ownGroup: number): Wanted {
  if (pid > 0) return { name: `its child ${pid}`, takes: (other) => other === pid };
  if (pid === -1) return { name: 'any of its children', takes: () => true };
  const group = pid === 0 ? ownGroup : -pid;
  return { name: `a child of the group ${group}`, takes: (_pid, of) => of === group };
}

function ofWaitid(args: readonly bigint[]): Wanted {
  const type = asInt(args[0] ?? 0n);
  const id = asInt(args[1] ?? 0n);
  if (type === P_PID) return ofWait4(id, 0);
  return type === P_PGID ? ofWait4(-id, id) : ofWait4(-1, 0);
}
