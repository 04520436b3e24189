import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AttemptOutcome } from '../core/outcome.ts';
import { redact } from '../core/redact.ts';
import type { Verdict } from '../core/verdict.ts';
import type { Diagnosis } from '../hang/diagnose.ts';
import { hangSignature } from '../hang/signature.ts';
import { lookAt } from '../hang/look.ts';
import { hangJson } from '../hang/report/json.ts';
import { hangPage } from '../hang/report/page.ts';
import { redacted } from '../hang/report/redacted.ts';
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
  members(): Promise<readonly Member[]>;
  /** Milliseconds since the epoch. */
  wall(): number;
}

/**
 * Looks at an attempt's tree and keeps what it saw beside its output; the last look stands, and it
 * is taken before anything of the tree is signalled.
 */
export class HangLooks {
  readonly #ports: LookPorts;
  #last: Diagnosis | null = null;

  constructor(ports: LookPorts) {
    this.#ports = ports;
  }

  /**
   * @param given aborts when what is seen no longer counts, since something was signalled
   * @returns what was seen; null where there is nothing to look at: no Linux, or nobody there
   * @throws what the file system refuses
   */
  async look(reason: LookReason, given: AbortSignal): Promise<Diagnosis | null> {
    if (process.platform !== 'linux' || given.aborted) return null;
    const lookedAt = new Date(this.#ports.wall()).toISOString();
    const diagnosis = await lookAt(async () => rootFirst(await this.#ports.members()));
    // Who is gone by now can't be asked, and what was seen before stands.
    if (given.aborted || diagnosis.scene.seen.processes.size === 0) return null;
    this.#last = diagnosis;
    this.#keep(diagnosis, { reason, lookedAt });
    return diagnosis;
  }

  /** The named cause of an outcome that the last look explains; null where it explains nothing. */
  verdict(outcome: AttemptOutcome): Verdict | null {
    if (this.#last === null) return null;
    const explains = outcome === 'hung' || (ENDED_BY_US.has(outcome) && this.#last.hung);
    return explains ? redacted(this.#last.verdict) : null;
  }

  #keep(
    diagnosis: Diagnosis,
    when: { readonly reason: LookReason; readonly lookedAt: string },
  ): void {
    const { dir, reproduce } = this.#ports;
    const json = redacted({
      ...hangJson(diagnosis),
      ...when,
      signature: hangSignature(diagnosis),
      evidence: HANG_FILES,
    });
    const page = hangPage(diagnosis, { ...when, reproduce });
    writeFileSync(join(dir, 'hang.json'), `${JSON.stringify(json, null, 2)}\n`);
    writeFileSync(join(dir, 'hang.md'), redact(page.markdown));
    writeFileSync(join(dir, 'hang.svg'), redact(page.svg));
  }
}

/** What a look may explain although it need not be a hang. */
const ENDED_BY_US: ReadonlySet<AttemptOutcome> = new Set(['timed-out', 'cancelled']);

/** Whoever's parent is not among them comes first. */
function rootFirst(members: readonly Member[]): number[] {
  const pids = new Set(members.map(({ pid }) => pid));
  const isRoot = ({ parent }: Member): boolean => parent === null || !pids.has(parent);
  const rest = members.filter((member) => !isRoot(member));
  return [...members.filter(isRoot), ...rest].map(({ pid }) => pid);
}
