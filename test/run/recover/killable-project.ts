import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tier } from '../../../src/core/run.ts';
import { BIN, binEnvironment } from '../../cli/run-bin.ts';
import { commandOf } from '../../process/tier/escapes.ts';
import { type Moment, moment } from './moment.ts';

/** What units do besides escaping. */
const BEHAVIOURS = {
  passes: 'exit 0',
  fails: 'echo no >"$TMPDIR/kept"; exit 1',
  'takes-a-while': 'sleep 0.2',
  'does-not-end': 'sleep 60',
  'leaves-a-file': 'echo left >"$TMPDIR/file"',
} as const;

/** A project of shell scripts whose attempts escape, and a `TMPDIR` of its Pindown's own. */
export class KillableProject {
  readonly dir: string;
  /** Where Pindown makes the attempts' worlds. */
  readonly temp: string;
  readonly runsDir: string;
  /** Where each program says what it leaves, one file an attempt. */
  readonly truths: string;
  readonly #tier: Tier;

  /** @param dir must not be there yet */
  constructor(dir: string, tier: Tier, escapes: readonly string[]) {
    this.dir = dir;
    this.#tier = tier;
    this.temp = join(dir, 'temp');
    this.truths = join(dir, 'truths');
    this.runsDir = join(dir, '.pindown', 'runs');
    for (const each of ['u', 'ok', 'temp', 'truths'])
      mkdirSync(join(dir, each), { recursive: true });
    writeFileSync(join(dir, 'pindown.toml'), '[run]\ngrace = 0.3\nkeep-runs = 6\n');
    writeFileSync(join(dir, 'ok', 'passes.sh'), 'exit 0');
    for (const [name, script] of Object.entries(BEHAVIOURS)) this.#unit(name, script);
    for (const program of escapes) {
      const truth = join(this.truths, `${program}-$$`);
      const command = commandOf(program, truth)
        .map((word) => `"${word}"`)
        .join(' ');
      this.#unit(program, `: >"${truth}"\nexec ${command}`);
    }
  }

  #unit(name: string, script: string): void {
    writeFileSync(join(this.dir, 'u', `${name}.sh`), script);
  }

  /**
   * Runs it and kills Pindown, and nobody else, at a moment.
   *
   * @returns whether it still ran then
   */
  async runAndKill(at: Moment): Promise<boolean> {
    const { child, ended } = this.#start('u/*.sh', [
      '--workers',
      '6',
      '--timeout',
      '1500ms',
      '--retries',
      '0',
    ]);
    child.stderr.resume();
    await moment(at, child, this.runsDir);
    child.kill('SIGKILL');
    return (await ended).signal === 'SIGKILL';
  }

  /** A start to its end, of a unit that passes. */
  async start(): Promise<{ readonly code: number | null; readonly stderr: string }> {
    const { child, ended } = this.#start('ok/*.sh', ['--retries', '0']);
    const stderr: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    return { code: (await ended).code, stderr: Buffer.concat(stderr).toString() };
  }

  /** All that is in the directory of runs, of whatever name. */
  entries(): readonly string[] {
    return existsSync(this.runsDir) ? readdirSync(this.runsDir) : [];
  }

  #start(units: string, options: readonly string[]) {
    const argv = [BIN, 'run', units, '--tier', this.#tier, ...options, '--', 'sh', '{unit}'];
    const child = spawn(process.execPath, argv, {
      cwd: this.dir,
      env: { ...binEnvironment, TMPDIR: this.temp, HOME: this.temp },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(child, 'close').then(([code, signal]: unknown[]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
    }));
    return { child, ended };
  }
}
