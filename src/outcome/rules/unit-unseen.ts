import type { Since } from '../../core/fault.ts';
import type { Failure, Proof, Rule } from './rule.ts';

/** The framework did not find the unit's file, which is there. */
export const unitUnseen: Rule = {
  name: 'unit-unseen',
  theorem: {
    title: 'the runner did not find a file that is there',
    matches:
      "The framework said through its own channel, or the kernel at the unit's own start, that the unit's file is not there, and no test was reported.",
    proof:
      "The file is there, by any of three spaced stat(2) calls (a stat that fails otherwise proves nothing), and it is the one that was planned: its inode, HEAD and HEAD's reflog are those of the plan. A file that is really gone is no fault of the environment, and where the tree has changed, something changed it: then the outcome is tree-mutated, and no attempt is made again.",
    safe: 'Its file was never read, so none of its tests had begun.',
    bounds: 'Three more attempts, after 0.1, 0.4 and 1.6 s.',
    givesUp:
      'The unit stays what the framework said. It was found by stat each time, so look at how the framework was given its path.',
    sources: ['stat(2)', 'https://docs.pytest.org/en/stable/reference/exit-codes.html'],
  },
  delaysMs: [100, 400, 1_600],
  narrows: false,
  claims: (failure) => failure.file !== null && isUnseen(failure),
  async prove({ file, unseen }, look) {
    const path = file ?? '';
    const before = look.sincePlan(path);
    const presence = await look.presence(path);
    switch (presence.kind) {
      case 'absent':
        return { holds: false, because: gone(presence.code, before), final: true };
      case 'unknown':
        return not(`whether its file is there can't be told (${presence.code})`);
      case 'present':
    }
    // Once more: what came back meanwhile may be another one.
    const now = before.kind === 'same' ? look.sincePlan(path) : before;
    switch (now.kind) {
      case 'unknown':
        return not('its file is there, and was not when the run was planned');
      case 'changed':
        return not(`the tree has changed: ${now.what}`);
      case 'same': {
        const said = unseen ?? 'ENOENT at its start';
        return {
          holds: true,
          because: `${said}; but the file is there, its inode and HEAD are those of the plan, and no test had begun`,
        };
      }
    }
  },
};

function gone(code: string, since: Since): string {
  return `its file is not there (${code})${since.kind === 'changed' ? `, and ${since.what}` : ''}`;
}

function not(because: string): Proof {
  return { holds: false, because };
}

function isUnseen({ outcome, refused, file, unseen, tests }: Failure): boolean {
  if (refused !== null) {
    return refused.code === 'ENOENT' && refused.call === 'spawn' && refused.path === file;
  }
  // Who says so and then dies by a signal has crashed.
  return outcome === 'errored' && unseen !== null && tests.length === 0;
}
