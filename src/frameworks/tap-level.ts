import type { TestOutcome } from '../core/outcome.ts';
import type { TapPlan, TapPoint } from './tap-line.ts';

/** One test point that has no subtest of its own. */
export interface TapTest {
  /** Outermost subtest first. */
  readonly name: readonly string[];
  readonly outcome: TestOutcome;
  readonly durationMs: number | null;
  /** The YAML block and the comments below a failure; the reason of what was skipped. */
  readonly message: string | null;
}

/** A test on its way: what follows its line may still add to it. */
export type PendingTest = { -readonly [K in keyof TapTest]: TapTest[K] };

/** One level of nesting: the document itself, or a subtest, four spaces further in. */
export class TapLevel {
  /** From `# Subtest: name`, for a subtest whose own line never comes. */
  readonly title: string | null;
  /** Of `ok 1 - name {`, whose line comes before its subtests. */
  readonly opener: TapPoint | null;
  /** What the last test point came to, as long as diagnostics may follow. */
  last: PendingTest | null = null;
  /** A subtest that has ended and waits for its own test point. */
  subtest: TapLevel | null = null;
  tests: PendingTest[] = [];
  plan: TapPlan | null = null;
  points = 0;
  /** Of the points, those that fail and are not excused. */
  failed = 0;
  /** Of the points, those that are {@link TapPoint.formal}. */
  formal = 0;
  readonly #numbers = new Set<number>();
  #twice: number | null = null;
  /** Points that pass, with neither number nor subtest. */
  readonly #bare = new Set<PendingTest>();
  #beforePlan = { points: 0, bare: 0 };

  constructor(title: string | null, opener: TapPoint | null) {
    this.title = title;
    this.opener = opener;
  }

  get skippedAll(): string | null {
    return this.plan?.skipped ?? null;
  }

  /** @returns false for a second plan, which is not taken */
  setPlan(plan: TapPlan): boolean {
    if (this.plan !== null) return false;
    this.plan = plan;
    this.#beforePlan = { points: this.points, bare: this.#bare.size };
    return true;
  }

  /**
   * Counts a test point's line.
   *
   * @param remember false where there is no room for its number
   */
  count({ id, outcome, formal }: TapPoint, remember: boolean): void {
    this.points += 1;
    if (outcome === 'failed') this.failed += 1;
    if (formal) this.formal += 1;
    if (id === null || !remember) return;
    if (this.#numbers.has(id)) this.#twice ??= id;
    this.#numbers.add(id);
  }

  /**
   * Adds a test that was the last to be told.
   *
   * @param alone its point, where it has no subtest
   */
  add(test: PendingTest, alone: TapPoint | null): void {
    this.tests.push(test);
    this.last = test;
    if (alone?.id === null && test.outcome === 'passed') this.#bare.add(test);
  }

  /**
   * To be called once, when no more follows. Where tests have numbers, an `ok` without one is
   * somebody's word (`prove -v` ends with it) and no test: it must not fill in for a test that is
   * missing. A `not ok` is never taken for that.
   */
  close(): void {
    this.last = null;
    if (this.#numbers.size === 0 || this.#bare.size === 0) return;
    this.tests = this.tests.filter((test) => !this.#bare.has(test));
    this.points -= this.#bare.size;
    this.#beforePlan.points -= this.#beforePlan.bare;
  }

  /** Of a closed level: in what it differs from its plan, one phrase each. */
  faults(): readonly string[] {
    const { plan, points } = this;
    if (plan === null) return ['has no plan'];
    const faults: string[] = [];
    const before = this.#beforePlan.points;
    if (points !== plan.count) faults.push(`planned ${plan.count} tests and reported ${points}`);
    else if (before !== 0 && before !== points) faults.push('has its plan between its tests');
    if (this.#twice !== null) faults.push(`reported test ${this.#twice} more than once`);
    for (const number of this.#numbers) {
      if (number >= 1 && number <= plan.count) continue;
      faults.push(`reported test ${number}, which is not in its plan of ${plan.count}`);
      break;
    }
    return faults;
  }
}
