import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HangJson } from '../../../src/hang/report/json.ts';
import type { Attempt } from '../../../src/core/attempt.ts';
import { readReport, type Report } from '../project.ts';
import { BIN, binEnvironment } from '../run-bin.ts';

/** What a test waits for that never comes must not keep the suite. */
const SIGN_LIMIT_MS = 30_000;

/** A run that goes on while the test looks at it. */
export class RunningRun {
  readonly #dir: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #stderr = '';

  private constructor(dir: string, child: ChildProcess) {
    this.#dir = dir;
    this.#child = child;
    this.#ended = once(child, 'close');
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
  }

  /** Runs `pindown run OPTIONS` for as long as `body` takes, and ends it whatever happens. */
  static async during<T>(
    dir: string,
    options: readonly string[],
    body: (run: RunningRun) => Promise<T>,
  ): Promise<T> {
    const child = spawn(process.execPath, [BIN, 'run', '--out', 'out', ...options], {
      cwd: dir,
      env: binEnvironment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const run = new RunningRun(dir, child);
    try {
      return await body(run);
    } finally {
      // Twice: what it holds is killed with it.
      child.kill('SIGINT');
      const killer = setTimeout(() => child.kill('SIGINT'), 10_000);
      await run.#ended;
      clearTimeout(killer);
    }
  }

  /** As soon as it has said something that matches; the match. */
  async says(sign: RegExp): Promise<RegExpExecArray> {
    const limit = AbortSignal.timeout(SIGN_LIMIT_MS);
    for (;;) {
      const found = sign.exec(this.#stderr);
      if (found !== null) return found;
      if (this.#child.exitCode !== null) throw new Error(`it ended and said: ${this.#stderr}`);
      await once(this.#child.stderr ?? this.#child, 'data', { signal: limit });
    }
  }

  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  /** Waits until it is over. */
  async over(): Promise<{ readonly status: number | null; readonly report: Report }> {
    await this.#ended;
    return {
      status: this.#child.exitCode,
      report: readReport(join(this.#dir, 'out', 'report.json')),
    };
  }
}

/** What a look has kept of an attempt. */
export function hangOf(
  dir: string,
  report: Report,
  attempt: Attempt | undefined,
): HangJson & { readonly reason: string } {
  const file = attempt?.evidence.find((path) => path.endsWith('/hang.json')) ?? 'no hang.json';
  const text = readFileSync(join(dir, '.pindown/runs', report.run.id, file), 'utf8');
  return JSON.parse(text) as HangJson & { readonly reason: string };
}
