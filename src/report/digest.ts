import type { UnitResult } from '../core/attempt.ts';
import type { EventOf, RunEvent } from '../core/event.ts';
import { isGreen } from '../core/outcome.ts';
import type { RunInfo } from '../core/run.ts';
import { type Finding, type FindingKind, findingsOf } from './finding.ts';

/** The first of many, and how many there were. */
export interface Kept<T> {
  readonly items: readonly T[];
  readonly total: number;
}

export interface SlowUnit {
  readonly path: string;
  readonly durationMs: number;
}

type Notice = EventOf<'notice'>;

/** How many of each are kept, so that the digest of any run stays small. */
const MAX_FINDINGS = 100;
const MAX_NOTICES = 50;
const MAX_PATHS = 100;

/** What people are told at the end of a run, gathered from its events in bounded memory. */
export class Digest {
  readonly #findings = new Map<FindingKind, { items: Finding[]; total: number }>();
  readonly #notices: { items: Notice[]; total: number } = { items: [], total: 0 };
  readonly #failed: { items: string[]; total: number } = { items: [], total: 0 };
  readonly #slowest: SlowUnit[] = [];
  readonly #maxSlowest: number;
  run: RunInfo | null = null;
  end: EventOf<'run-finished'> | null = null;

  /** @param maxSlowest how many of the slowest units are kept */
  constructor(maxSlowest: number) {
    this.#maxSlowest = maxSlowest;
  }

  /** @returns what the event gave people to look at */
  handle(event: RunEvent): readonly Finding[] {
    switch (event.type) {
      case 'run-started':
        this.run = event.run;
        return [];
      case 'unit-finished':
        return this.#unit(event.unit);
      case 'notice':
        if (event.level !== 'info') keep(this.#notices, event, MAX_NOTICES);
        return [];
      case 'run-finished':
        this.end = event;
        return [];
      case 'unit-planned':
      case 'attempt-started':
      case 'attempt-finished':
      case 'interrupted':
        return [];
    }
  }

  /** In the order in which they came. */
  findings(kind: FindingKind): Kept<Finding> {
    return this.#findings.get(kind) ?? { items: [], total: 0 };
  }

  /** Warnings and errors about the run itself. */
  get notices(): Kept<Notice> {
    return this.#notices;
  }

  /** The paths of the units that are not green. */
  get failedPaths(): Kept<string> {
    return this.#failed;
  }

  /** The slowest first. */
  get slowest(): readonly SlowUnit[] {
    return this.#slowest;
  }

  #unit(unit: UnitResult): readonly Finding[] {
    const findings = findingsOf(unit);
    for (const finding of findings) {
      let kept = this.#findings.get(finding.kind);
      if (kept === undefined) {
        kept = { items: [], total: 0 };
        this.#findings.set(finding.kind, kept);
      }
      keep(kept, finding, MAX_FINDINGS);
    }
    if (!isGreen(unit.outcome)) keep(this.#failed, unit.path, MAX_PATHS);
    this.#slow(unit);
    return findings;
  }

  #slow({ path, durationMs }: UnitResult): void {
    if (this.#maxSlowest === 0) return;
    const before = this.#slowest.findIndex((other) => other.durationMs < durationMs);
    this.#slowest.splice(before === -1 ? this.#slowest.length : before, 0, { path, durationMs });
    this.#slowest.length = Math.min(this.#slowest.length, this.#maxSlowest);
  }
}

function keep<T>(kept: { items: T[]; total: number }, item: T, max: number): void {
  kept.total += 1;
  if (kept.items.length < max) kept.items.push(item);
}
