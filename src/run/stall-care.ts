import { join } from 'node:path';
import { systemClock } from '../core/clock.ts';
import type { AttemptOutcome } from '../core/outcome.ts';
import type { EndedByUs } from '../outcome/judge.ts';
import { fileSize } from '../core/file-ends.ts';
import type { Supervised } from '../process/supervised.ts';
import { HangCare } from './hang-care.ts';

export interface StallPorts {
  /** After so long without any movement it is looked at, milliseconds. */
  readonly afterMs: number;
  /** Where what is seen of it is kept; made where there is something. */
  readonly dir: string;
  readonly argv: readonly string[];
  /** What it writes; growth is progress. */
  readonly outputs: readonly string[];
  warn(message: string): void;
}

/**
 * Looks at a program that Pindown runs for itself, such as one that lists tests or sets something
 * up, before it is ended; units have {@link HangCare} by itself.
 */
export class StallCare {
  /** Settles where nothing in it can go on: it is to be ended for that. */
  readonly standsStill: Promise<EndedByUs>;
  readonly #care: HangCare;
  readonly #page: string;
  #cause: EndedByUs | null = null;

  constructor(child: Pick<Supervised, 'members' | 'end'>, ports: StallPorts) {
    const { promise, resolve } = Promise.withResolvers<EndedByUs>();
    this.standsStill = promise;
    this.#page = join(ports.dir, 'hang.md');
    this.#care = new HangCare(child, {
      afterMs: ports.afterMs,
      onHang: 'kill',
      limitMs: 0,
      dir: ports.dir,
      reproduce: ports.argv.join(' '),
      written: ports.outputs,
      wall: () => systemClock.wall(),
      onStandstill: (found) => resolve({ kind: 'standstill', ...found }),
      notice: (_code, message) => ports.warn(message),
    });
  }

  /** Looks at it, then ends it with this grace. */
  async end(cause: EndedByUs, graceMs: number): Promise<void> {
    this.#cause ??= cause;
    await this.#care.end(cause, graceMs);
  }

  /** It has ended, or does what it should: nobody looks any more. */
  async over(): Promise<void> {
    await this.#care.over();
  }

  /** It was looked at as its time was over, and proven to hang. */
  isProvenAtLimit(): boolean {
    return this.#care.isProvenAtLimit();
  }

  /** What it waited for when it was ended, and where that is kept; null where nobody looked. */
  words(): string | null {
    if (this.#cause === null || fileSize(this.#page) === 0) return null;
    const verdict = this.#care.verdict(outcomeOf(this.#cause));
    const said =
      verdict === null || verdict.class === 'unknown'
        ? 'nobody can say what it waited for'
        : `${verdict.class}: ${verdict.summary}`;
    return `${said} (${this.#page})`;
  }
}

function outcomeOf({ kind }: EndedByUs): AttemptOutcome {
  switch (kind) {
    case 'standstill':
      return 'hung';
    case 'time-limit':
      return 'timed-out';
    case 'cancelled':
    case 'orphaned':
      return 'cancelled';
  }
}
