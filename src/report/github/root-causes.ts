import type { EventOf } from '../../core/event.ts';
import { FINDING_KINDS, type Finding, type FindingKind } from '../finding.ts';
import type { AnnotationLevel } from './command.ts';

/** Everything that failed in the same way. */
export interface RootCause {
  readonly level: AnnotationLevel;
  /** Smaller is more important. */
  readonly rank: number;
  readonly source: CauseSource;
  count: number;
}

type CauseSource =
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'notice'; readonly notice: EventOf<'notice'> };

/** How many causes of a level are told apart; GitHub shows 10, the summary some more. */
const MAX_CAUSES = 200;

const LEVELS: Record<FindingKind, AnnotationLevel> = {
  hung: 'error',
  crashed: 'error',
  leaked: 'error',
  contradicted: 'error',
  'tree-mutated': 'error',
  'timed-out': 'error',
  errored: 'error',
  failed: 'error',
  'spawn-failed': 'error',
  blocked: 'error',
  lost: 'error',
  'no-tests': 'warning',
  flaky: 'warning',
  excused: 'warning',
  cancelled: 'notice',
};

/** Groups findings by kind and message, in bounded memory: the least important are given up. */
export class RootCauses {
  readonly #levels = new Map<AnnotationLevel, Map<string, RootCause>>();
  readonly #givenUp = new Map<AnnotationLevel, number>();

  finding(finding: Finding): void {
    const rank = FINDING_KINDS.indexOf(finding.kind);
    this.#add(`${finding.kind}\n${finding.message.join('\n')}`, {
      level: LEVELS[finding.kind],
      rank,
      source: { kind: 'finding', finding },
      count: 1,
    });
  }

  /** Warnings and errors about the run itself, after everything that a suite has done. */
  notice(notice: EventOf<'notice'>): void {
    if (notice.level === 'info') return;
    this.#add(`${notice.code}\n${notice.message}`, {
      level: notice.level,
      rank: FINDING_KINDS.length,
      source: { kind: 'notice', notice },
      count: 1,
    });
  }

  /** The causes of a level, ranked; `givenUp` says how many more findings had no room here. */
  ranked(level: AnnotationLevel): {
    readonly causes: readonly RootCause[];
    readonly givenUp: number;
  } {
    const causes = [...(this.#levels.get(level)?.values() ?? [])].sort(
      (a, b) => a.rank - b.rank || b.count - a.count,
    );
    return { causes, givenUp: this.#givenUp.get(level) ?? 0 };
  }

  #add(key: string, cause: RootCause): void {
    let causes = this.#levels.get(cause.level);
    if (causes === undefined) {
      causes = new Map();
      this.#levels.set(cause.level, causes);
    }
    const known = causes.get(key);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    if (causes.size < MAX_CAUSES) {
      causes.set(key, cause);
      return;
    }
    const [worstKey, worst] = leastImportant(causes);
    if (worst.rank > cause.rank) {
      causes.delete(worstKey);
      causes.set(key, cause);
      this.#giveUp(cause.level, worst.count);
    } else {
      this.#giveUp(cause.level, 1);
    }
  }

  #giveUp(level: AnnotationLevel, count: number): void {
    this.#givenUp.set(level, (this.#givenUp.get(level) ?? 0) + count);
  }
}

function leastImportant(causes: ReadonlyMap<string, RootCause>): [string, RootCause] {
  return [...causes].reduce((worst, entry) => (entry[1].rank >= worst[1].rank ? entry : worst));
}
