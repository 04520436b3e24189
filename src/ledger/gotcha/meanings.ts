import type { FrontMatter } from './front-matter.ts';
import type { GotchaStatus } from './gotcha.ts';

/** What each status says of a fault; the documentation is made from this. */
export const STATUS_MEANINGS: Readonly<Record<GotchaStatus, string>> = {
  open: 'somebody looks into it',
  supported:
    'what was seen speaks for one cause, and nothing decides it yet; needs "What was seen"',
  proven: 'one observation decides it; needs "What was seen" and "Deciding observation"',
  refuted: 'what was held to be the cause is not; kept to be read, and not in force',
  superseded: 'another entry (`by`) tells it better; kept to be read, and not in force',
  'masked-by': 'it can not be seen as long as the fault of another entry (`by`) is there',
};

/** What each key of an entry means. */
export const KEY_MEANINGS: Readonly<Record<keyof FrontMatter, string>> = {
  signatures: 'what it is about: at least one; no two entries in force have one in common',
  status: 'how far it is understood',
  owner: 'who looks into it',
  'first-seen': 'when it was met first',
  expires: 'from this moment on the entry counts for nothing, and `pindown gotcha check` says so',
  fixed:
    'declared: from this moment on it is not to be met any more; only where it is `proven`. A run that began later and meets it reopens it',
  'fixed-by': 'what mended it: a commit, a pull request',
  by: 'the name of the entry that supersedes or masks it',
  links: 'where more is to be read',
  quarantine: 'see below',
};

/** What each key of `[quarantine]` means. */
export const QUARANTINE_MEANINGS: Readonly<
  Record<keyof NonNullable<FrontMatter['quarantine']>, string>
> = {
  owner: 'who answers for it; must be there',
  reason: 'why it is tolerated; must be there',
  expires: 'from this moment on it tolerates nothing; must be there',
  'stale-after': 'it is reported as stale once it was not met for so many runs. Default: 50',
};
