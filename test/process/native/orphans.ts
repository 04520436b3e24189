import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { Ending } from '../../../src/core/ending.ts';
import type { SystemCalls, WaitAnswer } from '../../../src/process/native/system-calls.ts';

/**
 * Runs a shell script in a process whose parent has ended. The script waits for that: a shell also
 * reaps its own children, if they end before it does.
 */
export function startOrphan(script: string): number {
  const adopted = `while kill -0 $1; do :; done; ${script}`;
  const start = 'sh -c "$1" sh $$ </dev/null >/dev/null 2>&1 & echo $!';
  const { stdout, status } = spawnSync('sh', ['-c', start, 'sh', adopted], { encoding: 'utf8' });
  assert.equal(status, 0);
  return Number(stdout);
}

/** Asks after a child whenever one of ours has ended, until it is no longer running. */
export async function ended<Kind extends string>(
  ask: () => WaitAnswer<Kind>,
): Promise<Exclude<WaitAnswer<Kind>, { kind: 'running' }>> {
  // A signal's listener alone does not keep the process waiting.
  const keptAlive = setInterval(() => undefined, 60_000);
  try {
    for (;;) {
      const { promise, resolve } = Promise.withResolvers<void>();
      // Listening before asking: it may end in between.
      process.once('SIGCHLD', resolve);
      const answer = ask();
      if (isOver(answer)) {
        process.off('SIGCHLD', resolve);
        return answer;
      }
      await promise;
    }
  } finally {
    clearInterval(keptAlive);
  }
}

function isOver<Kind extends string>(
  answer: WaitAnswer<Kind>,
): answer is Exclude<WaitAnswer<Kind>, { kind: 'running' }> {
  return answer.kind !== 'running';
}

/** How an adopted orphan ended; it is reaped then. */
export async function reap(calls: SystemCalls, pid: number): Promise<Ending> {
  const answer = await ended(() => calls.waitPid(pid));
  assert.equal(answer.kind, 'reaped');
  return answer.ending;
}
