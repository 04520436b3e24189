import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeFault, remedyFor } from '../core/errors.ts';
import type { AttemptOutcome } from '../core/outcome.ts';
import { redact } from '../core/redact.ts';
import type { Verdict } from '../core/verdict.ts';
import type { Diagnosis } from '../hang/diagnose.ts';
import { isProof } from '../hang/standstill.ts';
import type { Told } from '../hang/observe/observation.ts';
import type { Disturbance } from '../hang/probes/probe.ts';
import type { Member } from '../process/member.ts';

/** What looks leave in an attempt's directory, for programs, for people and as a picture. */
export const HANG_FILES: readonly string[] = ['hang.json', 'hang.md', 'hang.svg'];

/** Why a tree was looked at. */
export type LookReason = 'standstill' | 'time-limit' | 'cancelled';

interface LookPorts {
  /** The attempt's directory. */
  readonly dir: string;
  /** What was run, to be run again. */
  readonly reproduce: string;
  /** Milliseconds since the epoch. */
  wall(): number;
  /** What is known of it beside what shows from outside. */
  told?(): Told;
  notice(code: string, message: string): void;
}

type Doctor = typeof import('../hang/doctor.ts');

interface Look {
  readonly by: Doctor;
  readonly diagnosis: Diagnosis;
  readonly reason: LookReason;
  /** ISO 8601, UTC. */
  readonly lookedAt: string;
}

/**
 * Looks at an attempt's tree and keeps what it saw beside its output; the last look stands, and it
 * is taken before anything of the tree is signalled.
 */
export class HangLooks {
  readonly #ports: LookPorts;
  #last: Look | null = null;
  #unwritten = false;

  constructor(ports: LookPorts) {
    this.#ports = ports;
  }

  /**
   * @param members asked for each time, the first process first
   * @param given aborts when what is seen no longer counts, since something was signalled
   * @returns what was seen; null where there is nothing to look at: no Linux, or nobody there
   */
  async look(
    reason: LookReason,
    members: () => Promise<readonly Member[]>,
    given: AbortSignal,
  ): Promise<Diagnosis | null> {
    if (process.platform !== 'linux' || given.aborted) return null;
    const lookedAt = new Date(this.#ports.wall()).toISOString();
    const pids = async (): Promise<number[]> => (await members()).map(({ pid }) => pid);
    const by = await import('../hang/doctor.ts');
    const keep = (diagnosis: Diagnosis): boolean => {
      // Who is gone by now can't be asked, and what was seen before stands.
      if (given.aborted || diagnosis.scene.seen.processes.size === 0) return false;
      this.#keep({ by, diagnosis, reason, lookedAt });
      return true;
    };
    // Two equal looks are a proof; any other may be cut short, and then something was seen all the same.
    const onFirst = reason === 'standstill' ? undefined : keep;
    const diagnosis = await by.lookAt(pids, undefined, this.#ports.told?.(), onFirst);
    return keep(diagnosis) ? diagnosis : null;
  }

  /**
   * Asks those that were seen last, by probes that disturb them in these ways, and keeps what they
   * say beside what was seen.
   *
   * @param given aborts when there is no more time; what was said by then is kept
   */
  async ask(allowed: readonly Disturbance[], given: AbortSignal): Promise<void> {
    if (this.#last === null || given.aborted) return;
    const { by, diagnosis } = this.#last;
    const { seen } = diagnosis.scene;
    const said = await by.ask(seen, allowed, undefined, given);
    if (said.length === 0) return;
    const findings = [...(seen.findings ?? []), ...said];
    this.#keep({ ...this.#last, diagnosis: by.diagnose({ ...seen, findings }) });
  }

  /** Whether the last look, taken for this, proved that nothing in the tree can go on any more. */
  provenAt(reason: LookReason): boolean {
    return this.#last?.reason === reason && isProof(this.#last.diagnosis);
  }

  /** The named cause of an outcome that the last look explains; null where it explains nothing. */
  verdict(outcome: AttemptOutcome): Verdict | null {
    if (this.#last === null || !explains(this.#last.diagnosis, outcome)) return null;
    const { by, diagnosis } = this.#last;
    const { verdict } = diagnosis;
    return by.redacted(
      verdict.class === 'unknown'
        ? verdict
        : { ...verdict, signature: by.hangSignature(diagnosis) },
    );
  }

  #keep(look: Look): void {
    this.#last = look;
    try {
      this.#write(look);
    } catch (error) {
      // What was seen counts all the same; the next look would meet the same fault.
      if (!this.#unwritten) this.#ports.notice('hang-unwritten', unwritten(this.#ports.dir, error));
      this.#unwritten = true;
    }
  }

  #write(look: Look): void {
    const { by, diagnosis, ...when } = look;
    const { dir, reproduce } = this.#ports;
    const json = by.redacted({
      ...by.hangJson(diagnosis),
      ...when,
      signature: by.hangSignature(diagnosis),
      evidence: HANG_FILES,
    });
    const page = by.hangPage(diagnosis, { ...when, reproduce });
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'hang.json'), `${JSON.stringify(json, null, 2)}\n`);
    writeFileSync(join(dir, 'hang.md'), redact(page.markdown));
    writeFileSync(join(dir, 'hang.svg'), redact(page.svg));
  }
}

function unwritten(dir: string, error: unknown): string {
  const what = `what it waits for could not be written to ${dir}: ${describeFault(error)}.`;
  return [what, remedyFor(error)].join(' ').trimEnd();
}

/** Of a unit that was only interrupted nothing is said unless it hangs. */
function explains({ verdict, hung }: Diagnosis, outcome: AttemptOutcome): boolean {
  switch (outcome) {
    case 'hung':
      return true;
    case 'timed-out':
      return verdict.class !== 'unknown';
    case 'cancelled':
      return hung;
    case 'passed':
    case 'failed':
    case 'errored':
    case 'crashed':
    case 'leaked':
    case 'no-tests':
    case 'contradicted':
    case 'tree-mutated':
    case 'spawn-failed':
    case 'blocked':
    case 'lost':
      return false;
  }
}
