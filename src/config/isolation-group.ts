import * as v from 'valibot';
import { type Group, duration, group, texts } from './values.ts';

export interface IsolationGroup {
  readonly tier: 'cgroup' | 'subreaper' | 'group';
  readonly temp: boolean;
  readonly home: boolean;
  readonly keep: 'failed' | 'all' | 'none';
  readonly tripwires: boolean;
  readonly kind: 'process' | 'namespace' | 'container';
  readonly image?: string | undefined;
  readonly engine?: string | undefined;
  readonly args: string[];
  readonly network?: string | undefined;
  readonly 'pull-timeout': number;
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
  kind: v.pipe(
    v.optional(
      v.picklist(
        ['process', 'namespace', 'container'],
        'Expected "process", "namespace" or "container"',
      ),
      'process',
    ),
    v.description(
      'What each attempt runs in: an ordinary process, a pid and a mount namespace of its own, or a container. Default: "process".',
    ),
  ),
  image: v.pipe(
    v.optional(v.string('Expected the name of an image')),
    v.description('For kind = "container": the image; it is pulled where it is not there.'),
  ),
  engine: v.pipe(
    v.optional(v.string('Expected "podman", "docker" or the path of one')),
    v.description(
      'For kind = "container": the program that runs containers. Default: podman or docker, the first that answers.',
    ),
  ),
  args: v.pipe(
    v.optional(texts, []),
    v.description(
      'For kind = "container": further arguments of the engine\'s "create", such as ["--memory=2g"].',
    ),
  ),
  network: v.pipe(
    v.optional(v.string('Expected the name of a network, such as "none"')),
    v.description('For kind = "container": its network. Default: the engine\'s own.'),
  ),
  'pull-timeout': v.pipe(
    v.optional(duration, '10m'),
    v.description('For kind = "container": how long pulling the image may take. Default: 10 min.'),
  ),
});
