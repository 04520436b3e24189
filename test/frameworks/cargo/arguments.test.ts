import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PindownError } from '../../../src/core/errors.ts';
import { parseArguments } from '../../../src/frameworks/cargo/arguments.ts';
import {
  type Metadata,
  type Target,
  packageSpec,
  selectedPackages,
  testTargets,
} from '../../../src/frameworks/cargo/metadata.ts';

describe('the arguments of cargo test', () => {
  test('are taken apart', () => {
    const args = parseArguments(
      '--release -p one --package=two -pthree -j4 --features a,b --test it --lib name --manifest-path x/Cargo.toml -- --test-threads=1 other'.split(
        ' ',
      ),
    );
    assert.deepEqual(args.packages, { all: false, named: ['one', 'two', 'three'], excluded: [] });
    assert.deepEqual(args.targets, [
      { flag: 'test', value: 'it' },
      { flag: 'lib', value: null },
    ]);
    assert.deepEqual(
      args.common.join(' '),
      '--release -j4 --features a,b --manifest-path x/Cargo.toml',
    );
    assert.deepEqual(args.filter, ['name']);
    assert.deepEqual(args.place, ['--manifest-path', 'x/Cargo.toml']);
    assert.deepEqual(args.test, ['--test-threads=1', 'other']);
  });

  test('are refused where nothing would run or be readable', () => {
    for (const args of [
      ['--no-run'],
      ['--message-format=json'],
      ['--', '--list'],
      ['--', '--logfile', 'x'],
      ['--', '--format=json'],
    ]) {
      assert.throws(
        () => parseArguments(args),
        (error: PindownError) => error.code === 'cargo-option',
        args.join(' '),
      );
    }
  });
});

const target = (kind: string, name: string, tested = true): Target => ({
  kind: [kind],
  name,
  src_path: `/w/${name}.rs`,
  test: tested,
  doctest: false,
});

const one = {
  id: 'path+file:///w#one@1.0.0',
  name: 'one',
  version: '1.0.0',
  manifest_path: '/w/Cargo.toml',
  targets: [
    target('lib', 'one'),
    target('bin', 'tool'),
    target('test', 'it'),
    target('example', 'show', false),
    target('bench', 'speed', false),
    target('custom-build', 'build-script-build', false),
  ],
};
const two = {
  ...one,
  id: 'two 2.0.0 (path+file:///w/two)',
  name: 'two',
  version: '2.0.0',
  manifest_path: '/w/two/Cargo.toml',
};

const workspace: Metadata = {
  packages: [one, two],
  workspace_root: '/w',
  target_directory: '/w/target',
};

function chosen(metadata: Metadata, ...args: readonly string[]): string[] {
  return selectedPackages(metadata, parseArguments(args)).map(({ name }) => name);
}

function targets(...args: readonly string[]): string[] {
  return testTargets(one, parseArguments(args).targets).map(({ name }) => name);
}

describe('cargo test chooses', () => {
  test('packages', () => {
    assert.deepEqual(chosen(workspace), ['one']);
    assert.deepEqual(chosen({ ...workspace, workspace_root: '/v' }), ['one', 'two']);
    assert.deepEqual(chosen({ ...workspace, workspace_default_members: [two.id] }), ['two']);
    assert.deepEqual(chosen(workspace, '--workspace'), ['one', 'two']);
    assert.deepEqual(chosen(workspace, '--all', '--exclude', 'o*'), ['two']);
    assert.deepEqual(chosen(workspace, '-p', 'two@2.0.0'), ['two']);
    assert.deepEqual([packageSpec(one), packageSpec(two)], ['one@1.0.0', 'two:2.0.0']);
  });

  test('targets', () => {
    assert.deepEqual(targets(), ['one', 'tool', 'it']);
    assert.deepEqual(targets('--tests'), ['one', 'tool', 'it']);
    assert.deepEqual(targets('--lib', '--examples'), ['one', 'show']);
    assert.deepEqual(targets('--test', 'i*', '--bin=tool'), ['tool', 'it']);
    assert.deepEqual(targets('--all-targets'), ['one', 'tool', 'it', 'show', 'speed']);
    assert.deepEqual(targets('--benches'), ['speed']);
    assert.deepEqual(targets('--doc'), []);
  });
});
