import type { Excuse } from '../outcome/excuse.ts';
import type { Rule } from '../outcome/rules/rule.ts';

type Proven = Extract<Excuse, { kind: 'proven' }>;

/** Whether a rule may have a unit run again. */
export type RuleAnswer =
  | { readonly granted: true; readonly delayMs: number }
  | { readonly granted: false; readonly because: string };

/** So many processes of a run may be started again by rules, however small the run is. */
const LEAST_BUDGET = 50;
/** Once a rule has given up so many units, it does not help on this machine. */
const BREAKER = 3;

/**
 * Keeps the rules' further attempts within bounds: of each unit by the rule itself, of the run by a
 * budget, and a rule that helps nobody is taken out of the run.
 */
export class RuleRetries {
  readonly #budget: number;
  readonly #random: () => number;
  /** Further attempts by rule and unit. */
  readonly #used = new Map<string, number>();
  /** Processes that were granted another start, by rule; a batch is one. */
  readonly #granted = new Map<Rule, Set<string>>();
  readonly #givenUp = new Map<Rule, Set<string>>();

  /** @param planned units of the run */
  constructor(planned: number, random: () => number = Math.random) {
    this.#budget = Math.max(LEAST_BUDGET, Math.ceil(planned / 10));
    this.#random = random;
  }

  /**
   * @param token of the process whose attempt it was
   */
  ask(token: string, unitId: string, { rule }: Proven): RuleAnswer {
    const givenUp = this.#givenUp.get(rule) ?? new Set();
    if (givenUp.size >= BREAKER) {
      return refuse(
        `it has helped none of ${givenUp.size} units, and is out for the rest of the run`,
      );
    }
    const key = `${rule.name} ${unitId}`;
    const used = this.#used.get(key) ?? 0;
    const delayMs = rule.delaysMs[used];
    if (delayMs === undefined) {
      this.#givenUp.set(rule, givenUp.add(unitId));
      return refuse(`it was run again ${used} times. ${rule.theorem.givesUp}`);
    }
    const own = this.#granted.get(rule) ?? new Set();
    if (!own.has(token)) {
      const all = [...this.#granted.values()].reduce((sum, { size }) => sum + size, 0);
      if (all >= this.#budget)
        return refuse(`the run's budget of ${this.#budget} further starts is used up`);
      const share = Math.ceil(this.#budget / 2);
      if (own.size >= share)
        return refuse(`the rule's share of ${share} further starts in a run is used up`);
    }
    this.#granted.set(rule, own.add(token));
    this.#used.set(key, used + 1);
    // Never shorter than the rule says, and spread, so that units don't come back in step.
    return { granted: true, delayMs: delayMs * (1 + this.#random() / 2) };
  }
}

function refuse(because: string): RuleAnswer {
  return { granted: false, because };
}
