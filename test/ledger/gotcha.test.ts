import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { PindownError } from '../../src/core/errors.ts';
import type { Case } from '../../src/history/occurrence.ts';
import type { Gotcha } from '../../src/ledger/gotcha/gotcha.ts';
import { parseGotcha } from '../../src/ledger/gotcha/parse-gotcha.ts';
import { readEntries, readLedger } from '../../src/ledger/gotcha/read-ledger.ts';
import { stateOf } from '../../src/ledger/gotcha/state.ts';
import { draftGotcha, slugOf, writeGotcha } from '../../src/ledger/gotcha/write-gotcha.ts';
import { scratchDirectory } from '../report/scratch.ts';

const scratch = scratchDirectory();
const SIGNATURE = 's1:0123456789abcdef';
const FRONT = `signatures = ["${SIGNATURE}"]\nstatus = "open"`;
const EVIDENCE = '## What was seen\nX\n\n## Deciding observation\nY\n';

function entry(front: string, body = '# A fault\n'): string {
  return `+++\n${front}\n+++\n${body}`;
}

function refusal(text: string): { readonly message: string; readonly hint: string | null } {
  try {
    parseGotcha('.pindown-ledger/a.md', text);
  } catch (error) {
    if (!(error instanceof PindownError)) throw error;
    assert.equal(error.exitCode, 2);
    return error;
  }
  throw new Error('it was taken');
}

function ledgerOf(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(scratch, 'ledger-'));
  mkdirSync(join(root, '.pindown-ledger'));
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(root, '.pindown-ledger', name), text);
  }
  return root;
}

describe('an entry', () => {
  test('is read with all that it says', () => {
    const front = [
      `signatures = ["${SIGNATURE}"]`,
      'status = "proven"',
      'owner = "ana"',
      'first-seen = 2026-11-21T10:00:00Z',
      'expires = 2027-01-01',
      'fixed = 2026-12-01T12:00:00+02:00',
      'fixed-by = "commit abc"',
      'links = ["https://example.test/1"]',
      '[quarantine]',
      'owner = "bob"',
      'reason = "the bank is slow"',
      'expires = 2026-12-24',
    ].join('\r\n');
    const gotcha = parseGotcha('.pindown-ledger/slow-bank.md', entry(front, `# Slow\n${EVIDENCE}`));
    assert.deepEqual(gotcha, {
      name: 'slow-bank',
      file: '.pindown-ledger/slow-bank.md',
      title: 'Slow',
      signatures: [SIGNATURE],
      status: 'proven',
      owner: 'ana',
      firstSeen: new Date('2026-11-21T10:00:00Z'),
      expires: new Date('2027-01-01T00:00:00Z'),
      fixed: new Date('2026-12-01T10:00:00Z'),
      fixedBy: 'commit abc',
      by: null,
      links: ['https://example.test/1'],
      quarantine: {
        owner: 'bob',
        reason: 'the bank is slow',
        expires: new Date('2026-12-24T00:00:00Z'),
        staleAfter: 50,
      },
      body: `# Slow\n${EVIDENCE}`,
    } satisfies Gotcha);
  });

  for (const [what, text, message, hint] of [
    ['no front matter', '# A fault\n', /a\.md: it has no front matter/, /between two lines/],
    ['broken TOML', entry('status = open'), /a\.md:2:\d+: /, null],
    [
      'an unknown key',
      entry(`${FRONT}\nownr = "x"`),
      /a\.md:4: there is no key "ownr"/,
      /Did you mean owner/,
    ],
    [
      'an unknown key of the quarantine',
      entry(`${FRONT}\n[quarantine]\nuntil = 2026-01-01`),
      /"quarantine\./,
      null,
    ],
    ['no signature', entry('signatures = []\nstatus = "open"'), /at least one signature/, null],
    ['no signatures', entry('status = "open"'), /"signatures" is missing/, /signatures = …/],
    [
      'a name for a signature',
      entry('signatures = ["a test"]\nstatus = "open"'),
      /such as "s1:/,
      null,
    ],
    [
      'an unknown status',
      entry(`signatures = ["${SIGNATURE}"]\nstatus = "done"`),
      /"open", "supported"/,
      null,
    ],
    ['a date in quotes', entry(`${FRONT}\nexpires = "2026-01-01"`), /a date without quotes/, null],
    ['no title', entry(FRONT, 'text\n'), /has no title/, /# What fails/],
    [
      'a proof without an observation',
      entry(
        FRONT.replace('open', 'proven'),
        '# A\n## What was seen\nX\n## Deciding observation\n<!-- Y -->\n',
      ),
      /does not say: Deciding observation/,
      /## Deciding observation/,
    ],
    [
      'a misspelt section',
      entry(FRONT, '# A\n## mitigation\nX\n'),
      /no section "mitigation"/,
      /Mitigation/,
    ],
    [
      'a fix of what is not proven',
      entry(`${FRONT}\nfixed = 2026-01-01`),
      /its status is "open"/,
      /Only what is proven/,
    ],
    [
      'a successor without a name',
      entry(FRONT.replace('open', 'superseded')),
      /"by" is missing/,
      /Name the other entry/,
    ],
  ] as const) {
    test(`is refused with ${what}`, () => {
      const error = refusal(text);
      assert.match(error.message, message);
      if (hint !== null) assert.match(error.hint ?? '', hint);
    });
  }

  test('can be read as it is drafted', () => {
    const root = ledgerOf({});
    const one = aCase({ text: 'Error: "quoted" \\ +++\n+++\nat src/a.ts' });
    const name = slugOf(one.text);
    assert.equal(name, 'error-quoted');
    writeGotcha(root, name, draftGotcha(one, { owner: 'a "b"', title: '# x' }));
    const [gotcha] = readLedger(root);
    assert.deepEqual(
      [gotcha?.signatures, gotcha?.status, gotcha?.owner, gotcha?.firstSeen?.toISOString()],
      [[SIGNATURE], 'open', 'a "b"', one.first.startedAt],
    );
    assert.throws(() => writeGotcha(root, name, ''), { code: 'gotcha-exists' });
  });
});

describe('a ledger', () => {
  test('that is not there has no entry', () => {
    assert.deepEqual(readLedger(mkdtempSync(join(scratch, 'none-'))), []);
  });

  test('has two entries of one signature only where one is superseded or refuted', () => {
    const twice = ledgerOf({ 'a.md': entry(FRONT), 'b.md': entry(FRONT) });
    assert.throws(() => readLedger(twice), { code: 'gotcha-invalid' });
    const old = entry(`${FRONT.replace('open', 'superseded')}\nby = "a"`);
    assert.equal(readLedger(ledgerOf({ 'a.md': entry(FRONT), 'b.md': old })).length, 2);
  });

  test('refuses an entry that leads nowhere, and gives the others', () => {
    const root = ledgerOf({
      'README.md': 'not an entry',
      'a.md': entry(FRONT),
      'b.md': entry(`signatures = ["s1:ffffffffffffffff"]\nstatus = "masked-by"\nby = "aa"`),
    });
    const [first, second] = readEntries(root);
    assert.equal(first?.kind, 'gotcha');
    assert.ok(second?.kind === 'invalid');
    assert.match(second.error.hint ?? '', /Did you mean a/);
  });
});

describe('the state of an entry', () => {
  const now = Date.parse('2026-12-01T00:00:00Z');
  const state = (front: string, ...cases: readonly Case[]) =>
    stateOf(parseGotcha('a.md', entry(front, `# A\n${EVIDENCE}`)), cases, now);
  const fixed = `${FRONT.replace('open', 'proven')}\nfixed = 2026-11-20`;

  test('is reopened by what was met after the fix, and by nothing before it', () => {
    assert.equal(state(fixed, aCase({}, '2026-11-19T23:59:59.999Z')).reopened, null);
    const again = aCase({}, '2026-11-20T00:00:00.000Z');
    assert.equal(state(fixed, again).reopened, again);
    assert.equal(state(fixed, { ...again, signature: 's1:ffffffffffffffff' }).reopened, null);
    assert.equal(state(FRONT, again).reopened, null);
  });

  test('expires at its moment', () => {
    assert.equal(state(`${FRONT}\nexpires = 2026-12-01`).expired, true);
    assert.equal(state(`${FRONT}\nexpires = 2026-12-01T00:00:01Z`).expired, false);
  });

  test('has a quarantine that is over at its moment, and stale after so many runs', () => {
    const terms = (expires: string): string =>
      `${FRONT}\n[quarantine]\nowner = "a"\nreason = "b"\nexpires = ${expires}\nstale-after = 3`;
    assert.equal(state(FRONT).quarantine, 'none');
    assert.equal(state(terms('2026-12-01')).quarantine, 'expired');
    assert.equal(state(terms('2026-12-02')).quarantine, 'active');
    assert.equal(state(terms('2026-12-02')).staleFor, null);
    assert.equal(state(terms('2026-12-02'), aCase({ runsSince: 2 })).staleFor, null);
    assert.equal(state(terms('2026-12-02'), aCase({ runsSince: 3 })).staleFor, 3);
  });
});

function aCase(over: Partial<Case>, startedAt = '2026-11-21T10:00:00.000Z'): Case {
  const run = { id: 'r', number: 1, startedAt };
  return {
    signature: SIGNATURE,
    text: 'it failed',
    first: run,
    last: run,
    times: 1,
    runs: 1,
    flakyRuns: 1,
    runsSince: 0,
    sites: [{ path: 'a.test.ts', test: 'adds', times: 1, lastAttempt: 'x' }],
    ...over,
  };
}
