import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Failure } from '../../src/ledger/failure.ts';
import { normalise } from '../../src/ledger/signature/normalise.ts';
import { signatureOf } from '../../src/ledger/signature/signature.ts';
import { failureOf, readCorpus } from './corpus.ts';

const ROOT = '/home/ana/src/shop';
const corpus = readCorpus();

const port = fc.integer({ min: 1024, max: 65_535 }).map(String);
const pid = fc.integer({ min: 2, max: 4_194_304 }).map(String);
const seconds = fc.integer({ min: 0, max: 1e9 }).map((value) => `${value / 1000}s`);
const moment = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2099-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const address = fc.bigInt({ min: 4096n, max: 2n ** 47n }).map((value) => `0x${value.toString(16)}`);
const root = fc
  .array(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/), { minLength: 1, maxLength: 5 })
  .map((parts) => `/${parts.join('/')}`);
const suffix = fc.stringMatching(/^[A-Za-z0-9]{6}$/);

/** Control characters and half surrogate pairs, too. */
const anyCharacter = fc.nat(0xffff).map((code) => String.fromCharCode(code));

/** Each kind of thing that differs from run to run, put into one text. */
const volatile = fc.record({
  port,
  pid,
  seconds,
  moment,
  address,
  uuid: fc.uuid(),
  root,
  suffix,
  seed: fc.nat().map(String),
  line: fc.integer({ min: 1, max: 9999 }).map(String),
});
type Volatile = typeof volatile extends fc.Arbitrary<infer T> ? T : never;

function failing(v: Volatile, overrides: Partial<Failure> = {}): Failure {
  return {
    unitId: 'node-test:test/store.test.ts',
    path: 'test/store.test.ts',
    attemptId: '1',
    test: 'store > saves',
    occurrence: 1,
    outcome: 'failed',
    signal: null,
    root: v.root,
    message: [
      `StoreError: worker ${v.pid} lost http://localhost:${v.port}/orders/${v.uuid} at ${v.moment}`,
      `after ${v.seconds} with seed ${v.seed}, see /tmp/store-${v.suffix}/trace.log (${v.address})`,
      `    at save (file://${v.root}/src/store.ts:${v.line}:7)`,
      `    at TestContext.<anonymous> (file://${v.root}/test/store.test.ts:${v.line}:3)`,
    ].join('\n'),
    ...overrides,
  };
}

describe('the normal form of a text', () => {
  test('is its own normal form', () => {
    for (const { message, root: place } of corpus) {
      const once = normalise(message.join('\n'), place);
      assert.equal(normalise(once, place), once);
    }
    fc.assert(
      fc.property(volatile, (v) => {
        const once = normalise(failing(v).message, v.root);
        assert.equal(normalise(once, v.root), once);
      }),
    );
  });

  test('holds none of what differs from run to run', () => {
    fc.assert(
      fc.property(volatile, volatile, (one, other) => {
        assert.equal(
          normalise(failing(one).message, one.root),
          normalise(failing(other).message, other.root),
        );
      }),
    );
  });

  for (const [what, text, expected] of [
    ['keeps the path below the root', `${ROOT}/src/a.ts:3:4 failed`, 'src/a.ts failed'],
    ['keeps what a package is', `${ROOT}/node_modules/pg/index.js`, 'node_modules/pg/index.js'],
    [
      'keeps a library without its place',
      '/opt/x/node_modules/pg/a.js',
      '<lib>/node_modules/pg/a.js',
    ],
    ['keeps a name in a temporary directory', "open '/tmp/a-Xy12zW/b/c.db'", "open '<tmp>/c.db'"],
    ['keeps the directories of a system', 'exec /usr/bin/flock: gone', 'exec /usr/bin/flock: gone'],
    [
      'keeps an exit status',
      'exited with code 137 after 12s',
      'exited with code 137 after <duration>',
    ],
    ['keeps an HTTP status', 'status 503, 12 tries', 'status 503, <n> tries'],
    ['keeps an errno', '[Errno 13] denied to 44', '[Errno 13] denied to <n>'],
    ['keeps words with digits', 'utf8 and sha256 of int32', 'utf8 and sha256 of int32'],
    ['takes out a port', 'connect 127.0.0.1:4431', 'connect localhost:<port>'],
    ['takes out another host', 'from 10.0.3.77:22', 'from <ip>:<port>'],
    ['takes out a commit', 'at 9f8e7d6c5b4a', 'at <id>'],
    ['takes out an identity', 'Object@76b10754', 'Object@<hex>'],
    ['takes out a date of people', 'on Sat Nov 21 11:16:04 UTC 2026', 'on <time>'],
    ['orders a set', 'got {"b", "a"}', 'got {"a", "b"}'],
    ['orders a list of names', 'leaders n-b,n-a,n-c', 'leaders n-a,n-b,n-c'],
    ['counts no values', 'got [4, 5, 6]', 'got [<n>, …]'],
    ['takes out colours', '\u001B[31mred\u001B[39m', 'red'],
  ] as const) {
    test(what, () => assert.equal(normalise(text, ROOT), expected));
  }
});

describe('a signature', () => {
  const some = (message: string, overrides: Partial<Failure> = {}): Failure => ({
    ...failingOnce(message),
    ...overrides,
  });

  test('is the same in another run on another machine', () => {
    fc.assert(
      fc.property(volatile, volatile, (one, other) => {
        assert.deepEqual(signatureOf(failing(one)), signatureOf(failing(other)));
      }),
    );
  });

  test('is another one where other words are said, or another function says them', () => {
    const [v] = fc.sample(volatile, { numRuns: 1, seed: 7 });
    assert.ok(v !== undefined);
    const base = signatureOf(failing(v)).id;
    const { message } = failing(v);
    const others = [message.replace('lost', 'refused'), message.replace('at save', 'at load')];
    const ids = others.map((text) => signatureOf(failing(v, { message: text })).id);
    assert.equal(new Set([base, ...ids]).size, 3);
  });

  test('of a system fault is the same at several sites, and tells calls apart', () => {
    const at = (call: string, site: string): string =>
      signatureOf(some(`Error: ${call}\n    at ${site} (${ROOT}/src/${site}.ts:3:1)`)).id;
    assert.equal(at('spawn ETXTBSY', 'hook'), at('spawn ETXTBSY', 'build'));
    assert.notEqual(
      at("ENOENT: no such file or directory, mkdir '/tmp/x-1/a/b'", 'hook'),
      at("ENOENT: no such file or directory, open '/tmp/x-1/a/b'", 'hook'),
    );
  });

  test('of an assertion that mentions a system fault stays where it was', () => {
    const at = (site: string): string =>
      signatureOf(
        some(
          `AssertionError [ERR_ASSERTION]: spawn ETXTBSY\n    at ${site} (${ROOT}/src/${site}.ts:3:1)`,
        ),
      ).id;
    assert.notEqual(at('hook'), at('build'));
  });

  test('of an assertion leaves out its values, and no other assertion has it', () => {
    const of = (values: string, name: string): string =>
      signatureOf(
        some(
          `Error: expect(received).toBe(expected) // Object.is equality\n\n${values}\n    at Object.<anonymous> (${ROOT}/a.test.js:3:1)`,
          { test: name },
        ),
      ).id;
    const first = of('Expected: 1\nReceived: 2', 'adds');
    assert.equal(of('Expected: 1\nReceived: "three"', 'adds'), first);
    assert.notEqual(of('Expected: 1\nReceived: 2', 'subtracts'), first);
  });

  test('tells a crash by its signal, and a crash from a failure', () => {
    const crash = (signal: string): string =>
      signatureOf(some('died by a signal', { test: null, outcome: 'crashed', signal })).id;
    const failed = signatureOf(some('died by a signal', { test: null })).id;
    assert.equal(new Set([crash('SIGSEGV'), crash('SIGABRT'), failed]).size, 3);
  });

  test('can be made of any text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 400 }), (message) => {
        assert.match(signatureOf(some(message)).id, /^s1:/);
      }),
    );
  });

  test('comes to an end for a text that is made to be slow', () => {
    const long = [
      `${'a/'.repeat(20_000)}`,
      `${'1'.repeat(40_000)}`,
      `expected ${'to be '.repeat(8000)}`,
    ];
    for (const message of long) assert.match(signatureOf(some(message)).id, /^s1:/);
  });
});

function failingOnce(message: string): Failure {
  const [row] = corpus;
  assert.ok(row !== undefined);
  return {
    ...failureOf(row),
    test: 'a test',
    path: 'a.test.ts',
    root: ROOT,
    signal: null,
    message,
  };
}
