import * as v from 'valibot';
import { type Group, group } from './values.ts';

export interface IsolationGroup {
  readonly tier: 'cgroup' | 'subreaper' | 'group';
  readonly temp: boolean;
  readonly home: boolean;
  readonly keep: 'failed' | 'all' | 'none';
  readonly tripwires: boolean;
}

/** `[isolation]`: what an attempt has for itself. */
export const isolationGroup: Group<IsolationGroup> = group({
  tier: v.pipe(
    v.optional(
      v.picklist(['cgroup', 'subreaper', 'group'], 'Expected "cgroup", "subreaper" or "group"'),
      'cgroup',
    ),
    v.description(
      'The strongest way of holding processes that is tried. Default: "cgroup", then whatever the machine allows.',
    ),
  ),
  temp: v.pipe(
    v.optional(v.boolean('Expected true or false'), true),
    v.description('Whether each attempt has a TMPDIR of its own. Default: true.'),
  ),
  home: v.pipe(
    v.optional(v.boolean('Expected true or false'), false),
    v.description('Whether it has a HOME and XDG directories of its own, too. Default: false.'),
  ),
  tripwires: v.pipe(
    v.optional(v.boolean('Expected true or false'), true),
    v.description(
      'Whether changes of tracked files, of HEAD and of the index, removed TMPDIRs, ports and files that are left in shared directories are noticed and laid at a unit. Default: true.',
    ),
  ),
  keep: v.pipe(
    v.optional(
      v.picklist(['failed', 'all', 'none'], 'Expected "failed", "all" or "none"'),
      'failed',
    ),
    v.description(
      'Whose TMPDIR and HOME are kept after the attempt, until the run itself is removed. Default: "failed".',
    ),
  ),
});
