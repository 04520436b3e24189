import type { Failure, Rule } from './rule.ts';

/** The exit status with which a shell tells of a command that SIGKILL ended. */
const SHELL_SIGKILL = 128 + 9;

/** The kernel killed it because memory ran out. */
export const memoryKill: Rule = {
  name: 'memory-kill',
  theorem: {
    title: 'the kernel killed it because memory ran out',
    matches:
      'It died by SIGKILL that Pindown did not send, or its shell says so with exit status 137, and no test failed, nor the set-up or the clean-up of one.',
    proof:
      "The kernel's own word: the oom_kill counter of the control group that the attempt ran in grew while it ran, and no other attempt ran beside it whose process that could have been. Exit status 137 with memory to spare is not that.",
    safe: 'The kernel ended it from outside, and no failure had been reported. A unit that needs more memory than there is is killed again, and then stays crashed.',
    bounds: 'One more attempt, after 1 s; fewer units run at once from then on.',
    givesUp: 'The unit is crashed: alone it did not fit into memory either.',
    sources: [
      'cgroups(7)',
      'https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files',
    ],
  },
  delaysMs: [1_000],
  narrows: true,
  claims: (failure) => !failure.endedByUs && wasKilled(failure),
  async prove({ tests }, look) {
    const broken = tests.find(({ outcome }) => outcome === 'errored');
    if (broken !== undefined) {
      return { holds: false, because: `"${broken.name}" had not been set up or cleaned up before` };
    }
    const { counted, alone, counter } = look.memoryKills();
    if (counted === null) {
      return {
        holds: false,
        because: `no counter of the kernel tells whether it was for memory (${counter})`,
      };
    }
    if (counted === 0) {
      return { holds: false, because: `not for memory: ${counter} did not grow while it ran` };
    }
    if (!alone) {
      return {
        holds: false,
        because: `${counter} grew by ${counted} while it ran, but other units ran, too, so that it may have been another process`,
      };
    }
    return { holds: true, because: `${counter} grew by ${counted} while only this unit ran` };
  },
};

function wasKilled({ signal, exitCode }: Failure): boolean {
  return signal === 'SIGKILL' || exitCode === SHELL_SIGKILL;
}
