import type { TestOutcome } from '../core/outcome.ts';

type Attributes = Readonly<Record<string, string>>;

const COUNTERS = ['tests', 'failures', 'errors', 'skipped'] as const;
type Counter = (typeof COUNTERS)[number];

/** What a counter may say: writers differ in what they count. */
interface Range {
  readonly least: number;
  readonly most: number;
}

/** One way to count what is inside a suite. */
type Reading = Readonly<Record<Counter, Range>>;

/** What is counted of a `<testcase>`. */
export interface CountedCase {
  readonly outcome: TestOutcome;
  /** How many elements of each kind are in it. */
  readonly elements: Readonly<Record<Exclude<Counter, 'tests'>, number>>;
  /** How many tries Surefire tells of in `<flakyFailure>`, `<rerunError>` and their like. */
  readonly tries: number;
}

/**
 * What one `<testsuite>` or `<testsuites>` says about itself in `tests`, `failures`, `errors` and
 * `skipped`, against what is inside it. A missing counter says nothing. Suites inside suites are
 * counted in four ways that are all in use: not at all, by their tests, as one test each (node:test),
 * or by what they themselves say.
 */
export class JUnitCounters {
  readonly #title: string;
  readonly #root: boolean;
  readonly #pytest: boolean;
  readonly #said: Readonly<Record<Counter, number | null>>;
  #own: Reading = NOTHING;
  #all: Reading = NOTHING;
  #each: Reading = NOTHING;
  #told: Reading = NOTHING;

  constructor(
    element: 'testsuites' | 'testsuite',
    attributes: Attributes,
    outer: JUnitCounters | null,
  ) {
    const { name } = attributes;
    this.#root = element === 'testsuites';
    this.#title = name ? `<${element} name=${JSON.stringify(name.slice(0, 100))}>` : `<${element}>`;
    this.#pytest =
      (outer !== null && outer.#pytest) || name === 'pytest' || name === 'pytest tests';
    this.#said = {
      tests: countsAssertions(attributes) ? null : numeral(attributes['tests']),
      failures: numeral(attributes['failures']),
      errors: numeral(attributes['errors']),
      skipped: numeral(attributes['skipped']),
    };
  }

  /** Counts a test that stands in it directly. */
  testcase({ outcome, elements, tries }: CountedCase): void {
    // Around a failure writers count too few: pytest writes a test twice that fails in its teardown
    // as well, and counts it once; Mocha writes a hook that fails, counts none, and takes those that
    // neither passed nor failed for skipped.
    const bad = Number(outcome === 'failed' || outcome === 'errored');
    // Of pytest's subtests each is counted and none is written; its teardowns' errors are counted.
    const more = this.#pytest ? Infinity : tries;
    this.#direct({
      tests: { least: 1 - bad, most: 1 + more },
      // Surefire counts each try (apache/maven-surefire#2138).
      failures: { least: Number(outcome === 'failed'), most: elements.failures + tries },
      errors: { least: Number(outcome === 'errored'), most: elements.errors },
      skipped: { least: Number(outcome === 'skipped') - bad, most: elements.skipped },
    });
  }

  /** Counts a failure of the suite itself: some writers count it, as a test even. */
  ownFailure(): void {
    const perhaps = { least: 0, most: 1 };
    this.#direct({ ...NOTHING, tests: perhaps, failures: perhaps, errors: perhaps });
  }

  /** Counts a suite that stands in it, with all that is inside. */
  suite(inner: JUnitCounters): void {
    this.#all = sum(this.#all, inner.#all);
    this.#each = sum(this.#each, {
      ...each((counter) => atMostOne(inner.#all[counter])),
      tests: exactly(1),
    });
    this.#told = sum(
      this.#told,
      each((counter) => {
        const said = inner.#said[counter];
        return said === null ? inner.#all[counter] : exactly(said);
      }),
    );
  }

  /** Once all that is inside has been counted: what is wrong, one sentence each. */
  contradictions(): readonly string[] {
    const { tests, failures, errors, skipped } = this.#said;
    return [
      this.#against(tests, `tests="${tests}"`, (reading) => reading.tests),
      // Which of the two a failure is writers see differently: only their sum is held against it.
      this.#against(
        failures === null && errors === null ? null : (failures ?? 0) + (errors ?? 0),
        [
          failures === null ? '' : `failures="${failures}"`,
          errors === null ? '' : `errors="${errors}"`,
        ]
          .join(' ')
          .trim(),
        (reading) => ({
          least:
            (failures === null ? 0 : reading.failures.least) +
            (errors === null ? 0 : reading.errors.least),
          most: reading.failures.most + reading.errors.most,
        }),
      ),
      this.#against(skipped, `skipped="${skipped}"`, (reading) => reading.skipped),
    ].filter((text) => text !== null);
  }

  #against(said: number | null, words: string, range: (reading: Reading) => Range): string | null {
    if (said === null) return null;
    const readings = this.#root
      ? [this.#all, this.#told]
      : [this.#all, this.#own, this.#each, this.#told];
    const ranges = readings.map(range);
    if (ranges.some(({ least, most }) => said >= least && said <= most)) return null;
    const { least, most } = ranges[0]!;
    const counted = least < most ? `${Math.max(0, least)} to ${most}` : String(most);
    return `the report contradicts itself: ${this.#title} says ${words}, but ${counted} can be counted in it`;
  }

  #direct(reading: Reading): void {
    this.#own = sum(this.#own, reading);
    this.#all = sum(this.#all, reading);
    this.#each = sum(this.#each, reading);
    this.#told = sum(this.#told, reading);
  }
}

const NOTHING: Reading = each(() => exactly(0));

function each(range: (counter: Counter) => Range): Reading {
  return {
    tests: range('tests'),
    failures: range('failures'),
    errors: range('errors'),
    skipped: range('skipped'),
  };
}

function exactly(count: number): Range {
  return { least: count, most: count };
}

function atMostOne({ least, most }: Range): Range {
  return { least: Math.min(1, least), most: Math.min(1, most) };
}

function sum(a: Reading, b: Reading): Reading {
  return each((counter) => ({
    least: a[counter].least + b[counter].least,
    most: a[counter].most + b[counter].most,
  }));
}

/** Catch2 (which says of its host `tbd`) and doctest count assertions, not tests. */
function countsAssertions(attributes: Attributes): boolean {
  return attributes['hostname'] === 'tbd' || attributes['doctest_version'] !== undefined;
}

/** Some writers group thousands (`1,234`). */
function numeral(text: string | undefined): number | null {
  const digits = text?.trim().replaceAll(',', '') ?? '';
  return /^\d{1,15}$/.test(digits) ? Number(digits) : null;
}
