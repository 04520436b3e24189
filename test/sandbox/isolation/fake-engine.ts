import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installExecutable } from '../../../src/retry/install-executable.ts';
import { scratchDirectory } from '../../report/scratch.ts';

const PROGRAM = join(import.meta.dirname, '../../fixtures/engines/fake-engine.mjs');

const scratch = scratchDirectory();

/** What the engine gets wrong, see `fake-engine.mjs`. */
interface Faults {
  readonly refuses?: string;
  readonly noImage?: true;
  readonly pull?: string;
  readonly create?: string;
  readonly noInit?: true;
  readonly sticky?: true;
  /** The exit status that is recorded, whatever the program's own was. */
  readonly recorded?: number;
  readonly oom?: true;
  /** The exit status of the attached client. */
  readonly client?: number;
}

/** A container engine that only plays one, and what it was asked. */
export class FakeEngine {
  readonly dir: string;
  readonly program: string;

  private constructor(dir: string, program: string) {
    this.dir = dir;
    this.program = program;
  }

  static async make(faults: Faults = {}): Promise<FakeEngine> {
    const dir = mkdtempSync(join(scratch, 'engine-'));
    const script = `#!/bin/sh\nFAKE_ENGINE='${dir}' exec '${process.execPath}' '${PROGRAM}' "$@"\n`;
    const engine = new FakeEngine(dir, await installExecutable(dir, 'engine', script));
    engine.setFaults(faults);
    return engine;
  }

  setFaults(faults: Faults): void {
    writeFileSync(join(this.dir, 'faults.json'), JSON.stringify(faults));
  }

  /** All calls so far, in order. */
  calls(): readonly (readonly string[])[] {
    return readFileSync(join(this.dir, 'calls.ndjson'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as string[]);
  }

  /** Puts a container there that somebody made. */
  put(name: string, labels: Readonly<Record<string, string>>): void {
    const StartedAt = '2026-01-01T00:00:00Z';
    const state = { Running: false, Pid: 0, ExitCode: 0, OOMKilled: false, Error: '', StartedAt };
    const container = { name, labels, state, argv: ['true'], env: {}, cwd: '/' };
    writeFileSync(join(this.dir, `${name}.container.json`), JSON.stringify(container));
  }
}
