import type { UnitResult } from '../core/attempt.ts';
import { describeFault, PindownError } from '../core/errors.ts';
import type { EventOf } from '../core/event.ts';
import type { History } from '../history/history.ts';
import type { Case, Occurrence } from '../history/occurrence.ts';
import type { Gotcha } from './gotcha/gotcha.ts';
import { occurrencesOf } from './occurrences.ts';
import { isUninvestigated, wordsOnCases, wordsOnGotchas } from './policy.ts';
import { type Quarantined, quarantined, tolerate } from './quarantine.ts';
import { wordsOnSameFaults } from './same-fault.ts';

type Notice = Omit<EventOf<'notice'>, 'type' | 'at'>;

/** What the ledger has to say at the end of a run. */
export interface LedgerEnd {
  readonly notices: readonly Notice[];
  /** A flake was met again that nobody looks into. */
  readonly uninvestigated: boolean;
}

/** So many failures of one run are remembered; a run that has more has no need of a ledger. */
const MOST_OF_A_RUN = 5000;

/**
 * What is known of faults, asked while a run goes on: says of each unit what of its failures is
 * tolerated, and at the end what was met for the first time, again, and in spite of a fix.
 */
export class Ledger {
  readonly #gotchas: readonly Gotcha[];
  readonly #quarantined: Quarantined;
  readonly #root: string;
  readonly #now: number;
  readonly #seen = new Map<string, readonly Occurrence[]>();
  #count = 0;
  #leftOut = 0;

  /**
   * @param root the project's root, absolute
   * @param now when the run began, milliseconds since the epoch
   */
  constructor(gotchas: readonly Gotcha[], root: string, now: number) {
    this.#gotchas = gotchas;
    this.#quarantined = quarantined(gotchas, now);
    this.#root = root;
    this.#now = now;
  }

  /** The unit with what of its failures is tolerated. */
  settle(unit: UnitResult): UnitResult {
    if (this.#count >= MOST_OF_A_RUN) {
      this.#leftOut += 1;
      return unit;
    }
    const occurrences = occurrencesOf(unit, this.#root);
    if (occurrences.length === 0) return unit;
    this.#count += occurrences.length;
    const settled = tolerate(unit, occurrences, this.#quarantined);
    this.#seen.set(unit.id, withGotchas(occurrences, settled));
    return settled;
  }

  /**
   * Records what was met, and compares it with the past.
   *
   * @param history null where it can't be had: nothing is known of the past then
   */
  finish(runId: string, history: History | null): LedgerEnd {
    const met = [...this.#seen.values()].flat();
    const tolerated = met.flatMap(({ gotcha }) => gotcha ?? []);
    try {
      if (history !== null && met.length > 0) history.recordOccurrences(runId, this.#seen);
      const cases = history === null ? [] : casesOf(history, met, this.#gotchas);
      const flakes = new Set(
        met.flatMap(({ kind, signature }) => (kind === 'failure' ? [] : [signature])),
      );
      const flaky = cases.filter(({ signature }) => flakes.has(signature));
      return {
        notices: [
          ...wordsOnSameFaults(met, this.#gotchas, this.#now),
          ...wordsOnCases(flaky, this.#gotchas, this.#now),
          ...wordsOnGotchas(this.#gotchas, { cases, tolerated, runId, now: this.#now }),
          ...this.#bound(),
        ],
        uninvestigated: flaky.some((one) => isUninvestigated(one, this.#gotchas, this.#now)),
      };
    } catch (error) {
      if (!(error instanceof PindownError)) throw error;
      const message = `What was met can't be compared with the past: ${describeFault(error)}`;
      return {
        notices: [
          { level: 'warning', code: 'ledger-unasked', message },
          ...wordsOnGotchas(this.#gotchas, { cases: [], tolerated, runId, now: this.#now }),
        ],
        uninvestigated: false,
      };
    }
  }

  #bound(): Notice[] {
    if (this.#leftOut === 0) return [];
    const message = `More than ${MOST_OF_A_RUN} failures were met: those of the last ${this.#leftOut} units were given no signature.`;
    return [{ level: 'warning', code: 'ledger-full', message }];
  }
}

function withGotchas(
  occurrences: readonly Occurrence[],
  { tolerated }: UnitResult,
): readonly Occurrence[] {
  if (tolerated === undefined) return occurrences;
  return occurrences.map((occurrence) => {
    const { signature, attemptId } = occurrence;
    const by = tolerated.failures.find(
      (failure) => failure.signature === signature && failure.attemptId === attemptId,
    );
    return by === undefined ? occurrence : { ...occurrence, gotcha: by.gotcha };
  });
}

/** Of what was met now, and of what the entries are about. */
function casesOf(
  history: History,
  met: readonly Occurrence[],
  gotchas: readonly Gotcha[],
): readonly Case[] {
  const signatures = new Set([
    ...met.map(({ signature }) => signature),
    ...gotchas.flatMap((gotcha) => gotcha.signatures),
  ]);
  return signatures.size === 0 ? [] : history.cases([...signatures]);
}
