import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNodeArguments } from '../../../src/frameworks/node-test/arguments.ts';

function parse(line: string): unknown {
  const { test: found, kept, patterns } = parseNodeArguments(line.split(' '));
  return [found, kept.join(' '), patterns.join(' ')];
}

test("a file's process keeps what does not concern the parent alone", () => {
  assert.deepEqual(parse('--test'), [true, '', '']);
  assert.deepEqual(parse('--import tsx --test a b'), [true, '--import tsx', 'a b']);
  assert.deepEqual(parse('--test -r ./x -C dev --env-file=.env a'), [
    true,
    '-r ./x -C dev --env-file=.env',
    'a',
  ]);
  assert.deepEqual(
    parse(
      '--test --test-concurrency 2 --test-reporter=spec --test-reporter-destination stdout --watch --experimental-test-coverage --test-coverage-lines=90 --test-shard 1/2 --test-isolation=none --inspect-brk a',
    ),
    [true, '', 'a'],
  );
  assert.deepEqual(parse('--test --test-name-pattern x --test-only --test-timeout=5 a'), [
    true,
    '--test-name-pattern x --test-only --test-timeout=5',
    'a',
  ]);
  assert.deepEqual(parse('--expose-gc --test -- --a'), [true, '--expose-gc', '--a']);
});

test('after the first pattern everything is one', () => {
  assert.deepEqual(parse('--test a --import tsx'), [true, '', 'a --import tsx']);
  assert.deepEqual(parse('a.js --test'), [false, '', 'a.js --test']);
});
