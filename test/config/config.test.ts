import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type Config, loadConfig } from '../../src/config/config.ts';
import { findProjectRoot } from '../../src/config/project-root.ts';
import { PindownError } from '../../src/core/errors.ts';
import { scratchDirectory } from '../report/scratch.ts';

const scratch = realpathSync(scratchDirectory());
const newDirectory = (): string => mkdtempSync(join(scratch, 'project-'));

function load(text: string): Config {
  const dir = newDirectory();
  writeFileSync(join(dir, 'pindown.toml'), text);
  return loadConfig(dir);
}

describe('loadConfig', () => {
  test('has every default where there is no file', () => {
    assert.deepEqual(loadConfig(newDirectory()), {
      run: {
        timeout: 300_000,
        grace: 10_000,
        retries: 1,
        'lease-wait': 600_000,
        'fail-on': [],
        order: 'duration',
        'keep-runs': 20,
      },
      suite: [],
      isolation: {
        tier: 'cgroup',
        temp: true,
        home: false,
        tripwires: true,
        keep: 'failed',
        kind: 'process',
        args: [],
        'pull-timeout': 600_000,
      },
      report: {},
      setup: [],
      resources: {},
      unit: [],
      pytest: { warm: true },
      hang: { 'on-hang': 'kill' },
    });
  });

  test('reads durations in seconds and with their unit', () => {
    assert.equal(load('[run]\ntimeout = 90').run.timeout, 90_000);
    assert.equal(load('[run]\ntimeout = "5m"').run.timeout, 300_000);
    assert.equal(load('[run]\ngrace = "250ms"').run.grace, 250);
  });

  test('reads several suites', () => {
    const { suite } = load(
      '[[suite]]\nframework = "vitest"\ndir = "web"\n[[suite]]\nname = "checks"\nframework = "command"\npatterns = ["c/*.sh"]\ncommand = ["sh", "{unit}"]\nenv = { A = "1" }\n',
    );
    assert.deepEqual(
      suite.map(({ framework, dir }) => [framework, dir]),
      [
        ['vitest', 'web'],
        ['command', '.'],
      ],
    );
    assert.deepEqual(suite[1]?.env, { A: '1' });
  });

  const refused: readonly (readonly [text: string, message: RegExp, hint: RegExp])[] = [
    ['[run]\n\nretrys = 1', /pindown\.toml:3: there is no setting "run\.retrys"/, /retries/],
    ['[[suite]]\nframwork = "jest"', /:2: there is no setting "suite\.framwork"/, /framework/],
    ['[rnu]', /:1: there is no setting "rnu"/, /run/],
    [
      '[run]\nretries = -1',
      /:2: "run\.retries": Expected a whole number of 0 or more, got -1/,
      /^$/,
    ],
    ['[run]\ntimeout = "soon"', /Expected a duration .*, got "soon"/, /^$/],
    ['[run]\ntimeout = 0', /longer than nothing/, /^$/],
    ['[[suite]]\nname = "a b"', /Expected letters, digits/, /^$/],
    ['suite = 3', /Expected \[\[suite\]\]/, /^$/],
    ['[run', /pindown\.toml:1:\d+: /, /^$/],
  ];
  for (const [text, message, hint] of refused) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => load(text),
        (error) => {
          assert.ok(error instanceof PindownError);
          assert.match(error.message, message);
          assert.match(error.hint ?? '', hint);
          assert.equal(error.exitCode, 2);
          return true;
        },
      );
    });
  }
});

describe('findProjectRoot', () => {
  test('a pindown.toml further up goes before a nearer manifest', () => {
    const dir = newDirectory();
    const deep = join(dir, 'a', 'b');
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(dir, 'a', 'package.json'), '{}');
    assert.equal(findProjectRoot(deep), join(dir, 'a'));
    writeFileSync(join(dir, 'pindown.toml'), '');
    assert.equal(findProjectRoot(deep), dir);
  });
});
