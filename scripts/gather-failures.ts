/**
 * Runs the failing programs of `test/fixtures/corpus/` several times, each time in another place
 * and another environment, and writes what Pindown tells of their failures, with the fault that
 * each program's `faults.json` names, to `test/ledger/corpus/ran-*.json`.
 *
 *     node scripts/gather-failures.ts [PROGRAM…]
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { UnitResult } from '../src/core/attempt.ts';
import { failuresOf } from '../src/ledger/failure.ts';
import type { CorpusRow } from '../test/ledger/corpus.ts';

const ROOT = join(import.meta.dirname, '..');
const PROGRAMS = join(ROOT, 'test/fixtures/corpus');

/** Where each run takes place, and what its machine is like. */
const PLACES = [
  { root: 'home/ana/src', env: {} },
  { root: 'home/runner/work/shop/shop', env: { CI: 'true', TZ: 'UTC' } },
  { root: 'builds/k3-4f/0/team', env: { FORCE_COLOR: '1', TZ: 'Asia/Tokyo' } },
] as const;

type Faults = Readonly<Record<string, string | readonly string[] | null>>;

const wanted = process.argv.slice(2);
for (const program of readdirSync(PROGRAMS)) {
  if (wanted.length > 0 && !wanted.includes(program)) continue;
  const rows = PLACES.flatMap((_, run) => rowsOfRun(program, run));
  const file = join(ROOT, `test/ledger/corpus/ran-${program}.json`);
  writeFileSync(file, `${JSON.stringify(rows, null, 1)}\n`);
  console.log(
    `${program}: ${rows.length} failures, ${new Set(rows.map((row) => row.fault)).size} faults`,
  );
}

function rowsOfRun(program: string, run: number): CorpusRow[] {
  const place = PLACES[run];
  if (place === undefined) throw new Error(`there is no place ${run}`);
  const top = mkdtempSync(join(tmpdir(), 'gather-'));
  const root = join(top, place.root, program);
  const faults = JSON.parse(readFileSync(join(PROGRAMS, program, 'faults.json'), 'utf8')) as Faults;
  try {
    mkdirSync(dirname(root), { recursive: true });
    cpSync(join(PROGRAMS, program), root, { recursive: true });
    if (!existsSync(join(root, 'pindown.toml'))) writeFileSync(join(root, 'pindown.toml'), '');
    symlinkSync(join(ROOT, 'node_modules'), join(top, 'node_modules'));
    const units = runProject(root, { ...place.env, CORPUS_RUN: String(run) });
    return units.flatMap((unit) =>
      failuresOf(unit, { root }).flatMap((failure): CorpusRow[] => {
        const name = failure.test ?? failure.path;
        const known = faults[name];
        if (known === undefined) throw new Error(`${program}: no fault for ${name}`);
        if (known === null) return [];
        const fault = typeof known === 'string' ? known : known[run % known.length];
        if (fault === undefined) throw new Error(`${program}: no fault for ${name}, run ${run}`);
        return [rowOf(failure, { fault, run, top })];
      }),
    );
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
}

/** The temporary directory in which it all took place is no part of what was seen. */
function rowOf(
  failure: ReturnType<typeof failuresOf>[number],
  { fault, run, top }: { readonly fault: string; readonly run: number; readonly top: string },
): CorpusRow {
  const place = (text: string): string =>
    text.replaceAll(top, '').replaceAll(ROOT, '/opt/tools').replaceAll(homedir(), '/home/runner');
  return {
    fault,
    run,
    made: 'ran',
    outcome: failure.outcome,
    signal: failure.signal,
    path: failure.path,
    test: failure.test,
    root: place(failure.root),
    message: place(failure.message).split('\n'),
  };
}

function runProject(root: string, env: Readonly<Record<string, string>>): readonly UnitResult[] {
  const out = join(root, '..', 'out');
  try {
    execFileSync(
      process.execPath,
      [join(ROOT, 'bin/pindown.js'), 'run', '--retries', '0', '--workers', '1', '--out', out],
      { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] },
    );
  } catch (error) {
    if (!existsSync(join(out, 'report.json'))) throw error;
  }
  const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as {
    readonly units: readonly UnitResult[];
  };
  return report.units;
}
