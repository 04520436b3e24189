import { didYouMean } from '../../core/did-you-mean.ts';
import { usageError } from '../../core/errors.ts';
import { type Command, defineCommand } from '../command.ts';
import { checkGotchas } from '../gotcha/check.ts';
import { listGotchas } from '../gotcha/list.ts';
import { matchGotchas } from '../gotcha/match.ts';
import { newGotcha } from '../gotcha/new.ts';
import { showGotcha } from '../gotcha/show.ts';

const ACTIONS = ['list', 'show', 'new', 'match', 'check'] as const;
type Action = (typeof ACTIONS)[number];

/** What stands behind each action; null where nothing does. */
const OBJECTS: Readonly<Record<Action, string | null>> = {
  list: null,
  show: 'NAME',
  new: 'WHAT',
  match: 'WHAT',
  check: null,
};

const OPTIONS = {
  test: {
    kind: 'string',
    placeholder: 'TEXT',
    summary: 'of several failures, that of the test whose name contains this (new, match)',
  },
  name: {
    kind: 'string',
    placeholder: 'NAME',
    summary: "the entry's name (new)",
    default: 'made from the error',
  },
  owner: { kind: 'string', placeholder: 'WHO', summary: 'who looks into it (new)' },
  json: { kind: 'boolean', summary: 'print JSON' },
} as const;

export const gotchaCommand: Command = defineCommand({
  name: 'gotcha',
  summary: 'keep what is known of the faults of the suite',
  usage: [
    'gotcha [list] [--json]',
    'gotcha show NAME [--json]',
    'gotcha new WHAT [--test TEXT] [--name NAME] [--owner WHO] [--json]',
    'gotcha match WHAT [--test TEXT] [--json]',
    'gotcha check [--json]',
  ],
  description: [
    'Every failure has a signature that is the same in each run that meets the fault. What people find out about a fault stands in an entry: a Markdown file in .pindown-ledger/, which belongs into the repository. What was met, when and where, is in the history of this machine.',
    '"list" gives the entries, and the flakes that no entry is about. "new" writes an entry, with what the history knows. WHAT is a signature, an attempt, or a unit, of which the latest attempt that failed counts. "match" says which entries are about the failures of an attempt.',
    '"check" is for CI: its exit status is 2 where an entry is invalid, 1 where one has expired, has a quarantine that is over or stale, or was declared fixed and met again, and else 0.',
  ],
  positionals: { min: 0, max: 2 },
  takesRest: false,
  options: OPTIONS,
  examples: [
    { command: 'pindown gotcha', explains: 'the entries, and the flakes without one' },
    {
      command: 'pindown gotcha new s1:3c3d2707486abd79 --owner ana',
      explains: 'begin an entry about a fault that was met',
    },
    {
      command: 'pindown gotcha match test/cart.test.js',
      explains: 'whether its last failure is a known one',
    },
    { command: 'pindown gotcha check', explains: 'fail in CI on what nobody keeps up' },
  ],
  async run({ options, positionals: [word = 'list', object, ...more] }, io) {
    const action = ACTIONS.find((each) => each === word);
    if (action === undefined) {
      throw usageError(
        'unknown-action',
        `There is no pindown gotcha ${word}.`,
        didYouMean(word, ACTIONS) ?? `There are ${ACTIONS.join(', ')}.`,
      );
    }
    const json = options.json === true;
    const what = objectOf(action, object, more);
    const { test = null, name = null, owner = null } = options;
    switch (action) {
      case 'list':
        return await listGotchas(json, io);
      case 'show':
        return await showGotcha(what, json, io);
      case 'new':
        return await newGotcha(what, { test, name, owner, json }, io);
      case 'match':
        return await matchGotchas(what, { test, json }, io);
      case 'check':
        return await checkGotchas(json, io);
    }
  },
});

function objectOf(action: Action, object: string | undefined, more: readonly string[]): string {
  const wanted = OBJECTS[action];
  const right = wanted === null ? object === undefined : object !== undefined && more.length === 0;
  if (right) return object ?? '';
  throw usageError(
    'bad-gotcha-usage',
    wanted === null
      ? `pindown gotcha ${action} takes nothing behind it.`
      : `pindown gotcha ${action} takes one ${wanted}.`,
  );
}
