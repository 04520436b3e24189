import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Failure } from '../../src/ledger/failure.ts';
import { normalise } from '../../src/ledger/signature/normalise.ts';
import { signatureOf } from '../../src/ledger/signature/signature.ts';
import { readCorpus } from './corpus.ts';

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

  for (const [what, text, normal] of [
    ['keeps the path below the root', `${ROOT}/src/a.ts:3:4 failed`, 'src/a.ts failed'],
    ['takes a root for no part of another name', `/srv${ROOT}/a.ts`, '<dir>/a.ts'],
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
    test(what, () => assert.equal(normalise(text, ROOT), normal));
  }
});

describe('a signature', () => {
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
    assert.equal(
      thrownBy('hook', 'Error: spawn ETXTBSY'),
      thrownBy('build', 'Error: spawn ETXTBSY'),
    );
    assert.notEqual(
      thrownBy('hook', "Error: ENOENT: no such file or directory, mkdir '/tmp/x-1/a/b'"),
      thrownBy('hook', "Error: ENOENT: no such file or directory, open '/tmp/x-1/a/b'"),
    );
  });

  test('of an assertion that mentions a system fault stays where it was', () => {
    const error = 'AssertionError [ERR_ASSERTION]: spawn ETXTBSY';
    assert.notEqual(thrownBy('hook', error), thrownBy('build', error));
  });

  test('of an assertion leaves out its values, and no other assertion has it', () => {
    const first = expected('adds', 'Expected: 1\nReceived: 2');
    assert.equal(expected('adds', 'Expected: 1\nReceived: "three"'), first);
    assert.notEqual(expected('subtracts', 'Expected: 1\nReceived: 2'), first);
  });

  test('tells a crash by its signal, and a crash from a failure', () => {
    const ids = [
      idOf('died', { test: null, outcome: 'crashed', signal: 'SIGSEGV' }),
      idOf('died', { test: null, outcome: 'crashed', signal: 'SIGABRT' }),
      idOf('died', { test: null }),
    ];
    assert.equal(new Set(ids).size, 3);
  });

  test('can be made of any text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 400 }), (message) => {
        assert.match(idOf(message), /^s1:/);
      }),
    );
  });

  test('comes to an end for a text that is made to be slow', () => {
    const long = ['a/'.repeat(20_000), '1'.repeat(40_000), `expected ${'to be '.repeat(8000)}`];
    for (const message of long) assert.match(idOf(message), /^s1:/);
  });
});

const EXAMPLE: Failure = {
  unitId: 'jest:a.test.ts',
  path: 'a.test.ts',
  attemptId: '1',
  test: 'a test',
  occurrence: 1,
  outcome: 'failed',
  signal: null,
  message: '',
  root: ROOT,
};

function idOf(message: string, overrides: Partial<Failure> = {}): string {
  return signatureOf({ ...EXAMPLE, message, ...overrides }).id;
}

function thrownBy(name: string, error: string): string {
  return idOf(`${error}\n    at ${name} (${ROOT}/src/${name}.ts:3:1)`);
}

function expected(name: string, values: string): string {
  const error = 'Error: expect(received).toBe(expected) // Object.is equality';
  const message = `${error}\n\n${values}\n    at Object.<anonymous> (${ROOT}/a.test.js:3:1)`;
  return idOf(message, { test: name });
}
