import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { loadSystemCalls, openSystemCalls } from '../../../src/process/native/load-system-calls.ts';

const SOURCE = join(import.meta.dirname, '..', '..', '..', 'src');
const HAS_FFI = typeof openSystemCalls('node:ffi') !== 'string';
const NO_FFI = HAS_FFI ? ['--no-experimental-ffi'] : [];

/** Runs a module in a process of its own, which finds our source in `source`. */
function run(
  body: string,
  options: { readonly flags?: readonly string[]; readonly source?: string } = {},
): string {
  const { flags = [], source = SOURCE } = options;
  const load = pathToFileURL(join(source, 'process', 'native', 'load-system-calls.ts')).href;
  const args = [...flags, '--input-type=module', '-e', `import * as load from '${load}';\n${body}`];
  // Where there is no node:ffi to warn of, Node may still warn of the types that it strips.
  const quiet = HAS_FFI ? [] : ['--disable-warning=ExperimentalWarning'];
  const { stdout, stderr } = spawnSync(process.execPath, [...quiet, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  assert.equal(stderr, '');
  return stdout.trim();
}

/** Which way is in the process's memory. */
const IN_MEMORY = `
  import { readFileSync } from 'node:fs';
  const inMemory = () => [
    ...(process.moduleLoadList.includes('NativeModule ffi') ? ['node:ffi'] : []),
    ...(readFileSync('/proc/self/maps', 'utf8').includes('koffi.node') ? ['koffi'] : []),
  ].join();
`;

test('nothing is loaded until it is asked for, then only the best, without a warning', () => {
  const said = run(`${IN_MEMORY}
    const before = inMemory();
    const { via } = load.loadSystemCalls();
    console.log(JSON.stringify([before, via, inMemory()]));
  `);
  const best = HAS_FFI ? 'node:ffi' : 'koffi';
  assert.deepEqual(JSON.parse(said), ['', best, best]);
});

test('koffi is taken where Node has none of its own', () => {
  assert.equal(run('console.log(load.loadSystemCalls().via)', { flags: NO_FFI }), 'koffi');
});

test("koffi is taken where Node's own answers wrongly", () => {
  const said = run(`
    const functions = { getpid: () => undefined };
    const lib = { getFunction: () => () => 0n };
    process.getBuiltinModule = () => ({ dlopen: () => ({ lib, functions }) });
    console.log(load.openSystemCalls('node:ffi'), load.loadSystemCalls().via, process.pid);
  `);
  assert.match(said, /^getpid\(\) gives undefined instead of (\d+) koffi \1$/);
});

test('is loaded once for a process', () => {
  assert.equal(loadSystemCalls(), loadSystemCalls());
});

const PRINT = 'const { via, because } = load.loadSystemCalls(); console.log(via, because);';

test('says why there is no way to the calls where koffi is not installed', () => {
  const root = mkdtempSync(join(tmpdir(), 'pindown-native-'));
  try {
    const source = join(root, 'src');
    for (const part of ['core', 'process/native']) {
      cpSync(join(SOURCE, part), join(source, part), { recursive: true });
    }
    writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
    assert.equal(
      run(PRINT, { flags: NO_FFI, source }),
      `null no way to the system calls (node:ffi: not in Node ${process.versions.node}; ` +
        `koffi: not installed (optional dependency @koromix/koffi-linux-${process.arch}))`,
    );
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('says why there is no way to the calls where Node was told to allow none', () => {
  const said = run(PRINT, { flags: ['--permission', '--allow-fs-read=*'] });
  const ffi = HAS_FFI ? 'ERR_ACCESS_DENIED' : 'not in Node';
  assert.match(said, new RegExp(`^null .*node:ffi: ${ffi}.*; koffi: ERR_DLOPEN_DISABLED: `));
});

function pretend(property: 'platform' | 'arch', value: string): string {
  return run(`Object.defineProperty(process, '${property}', { value: '${value}' }); ${PRINT}`);
}

test('says on other systems and machines that the calls are not for them', () => {
  const darwin = "the calls are Linux's, and this is darwin";
  assert.equal(
    pretend('platform', 'darwin'),
    `null no way to the system calls (node:ffi: ${darwin}; koffi: ${darwin})`,
  );
  assert.match(pretend('arch', 's390x'), /node:ffi: not for s390x; koffi: not for s390x/);
});
