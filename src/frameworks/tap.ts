import type { TestOutcome } from '../core/outcome.ts';
import { MESSAGE_LENGTH } from './records.ts';
import { type TapPoint, parsePlan, parsePoint } from './tap-line.ts';

/** One test point that has no subtest of its own. */
export interface TapTest {
  /** Outermost subtest first. */
  readonly name: readonly string[];
  readonly outcome: TestOutcome;
  readonly durationMs: number | null;
  /** The YAML block and the comments below a failure; the reason of what was skipped. */
  readonly message: string | null;
}

export interface TapDocument {
  /** Anything of TAP was seen: a version, a plan or a test point. */
  readonly begun: boolean;
  /** Every plan was kept, and nothing bailed out. */
  readonly complete: boolean;
  readonly tests: readonly TapTest[];
  /** Of `1..0 # SKIP reason`: the reason, perhaps empty; else null. */
  readonly skippedAll: string | null;
  /** What the document lacks, one sentence each; `Bail out!` with its reason. */
  readonly problems: readonly string[];
}

/** A test on its way: what follows its line may still add to it. */
type Pending = { -readonly [K in keyof TapTest]: TapTest[K] };

/** One level of nesting: the document itself, or a subtest, four spaces further in. */
interface Level {
  /** From `# Subtest: name`, for a subtest whose own line never comes. */
  readonly title: string | null;
  /** Of `ok 1 - name {`, whose line comes before its subtests. */
  readonly opener: TapPoint | null;
  plan: number | null;
  skippedAll: string | null;
  points: number;
  readonly tests: Pending[];
  /** What the last test point came to, as long as diagnostics may follow. */
  last: Pending | null;
  /** A subtest that has ended and waits for its own test point. */
  subtest: Level | null;
}

interface Yaml {
  readonly indent: number;
  readonly of: Pending | null;
  text: string;
}

const INDENT = 4;

/** Deeper than any suite nests; what stands further in is no TAP. */
const MAX_DEPTH = 64;

/**
 * Reads TAP 13 and 14 (https://testanything.org/tap-version-14-specification.html), line by line:
 * subtests, also those that node-tap writes in braces; SKIP and TODO; YAML and comments as a
 * failure's message. What is no TAP is skipped; no input makes it throw.
 */
export class TapParser {
  readonly #levels: Level[] = [newLevel(null, null)];
  readonly #problems: string[] = [];
  #begun = false;
  #complete = true;
  #bailedOut = false;
  /** Of `# Subtest: name`, by the depth it stands at. */
  readonly #titles = new Map<number, string>();
  #yaml: Yaml | null = null;

  line(line: string): void {
    if (this.#bailedOut || this.#inYaml(line)) return;
    const indent = line.length - line.trimStart().length;
    const text = line.trim();
    if (text === '---') this.#openYaml(indent);
    const depth = indent / INDENT;
    if (!Number.isInteger(depth) || depth > MAX_DEPTH) return;
    if (/^TAP version \d+$/.test(text)) {
      this.#begun = true;
    } else if (text.startsWith('Bail out!')) {
      this.#bailedOut = true;
      this.#problem(text);
    } else if (text.startsWith('#')) {
      this.#comment(text, depth);
    } else if (text === '}') {
      if (this.#levels[depth + 1]?.opener != null) this.#closeTo(depth);
    } else {
      this.#planOrPoint(text, depth);
    }
  }

  finish(): TapDocument {
    this.#closeTo(0);
    const root = this.#levels[0]!;
    this.#adoptOrphan(root);
    if (this.#begun && !this.#bailedOut) this.#checkPlan(root, 'the document');
    return {
      begun: this.#begun,
      complete: this.#begun && this.#complete,
      tests: root.tests,
      skippedAll: root.skippedAll,
      problems: this.#problems,
    };
  }

  #planOrPoint(text: string, depth: number): void {
    const plan = parsePlan(text);
    const point = plan === null ? parsePoint(text) : null;
    if (plan === null && point === null) return;
    this.#begun = true;
    const level = this.#enter(depth);
    if (plan !== null) {
      if (level.plan !== null) this.#problem('more than one plan at one level');
      level.plan = plan.count;
      level.skippedAll = plan.skipped;
      // Comments after a closing plan are a summary, no diagnostics.
      level.last = null;
    } else if (point !== null && point.opens) {
      level.points += 1;
      this.#levels.push(newLevel(null, point));
    } else if (point !== null) {
      level.points += 1;
      this.#settle(level, point, level.subtest);
    }
  }

  /** Brings the level of that depth to the top: opens it, or closes those inside it. */
  #enter(depth: number): Level {
    this.#closeTo(depth);
    // With the plan at its end, a subtest's first line may be one of a subtest in it.
    while (this.#levels.length <= depth) {
      const outer = this.#levels.length - 1;
      this.#levels.push(newLevel(this.#titles.get(outer) ?? null, null));
      this.#titles.delete(outer);
    }
    return this.#levels[depth]!;
  }

  #closeTo(depth: number): void {
    while (this.#levels.length > depth + 1) {
      const level = this.#levels.pop()!;
      const parent = this.#levels.at(-1)!;
      this.#adoptOrphan(level);
      level.last = null;
      if (level.opener === null) {
        this.#adoptOrphan(parent);
        parent.subtest = level;
      } else this.#settle(parent, level.opener, level);
    }
  }

  /** A subtest whose own line never came stands under its title. */
  #adoptOrphan(level: Level): void {
    const { subtest } = level;
    if (subtest === null) return;
    const title = subtest.title ?? 'subtest';
    this.#checkPlan(subtest, `the subtest ${title}`);
    this.#problem(`the subtest ${title} has no result of its own`);
    for (const test of subtest.tests) level.tests.push({ ...test, name: [title, ...test.name] });
    level.subtest = null;
  }

  /** Adds a test point to its level: its subtest's tests, and itself where it says more. */
  #settle(level: Level, point: TapPoint, subtest: Level | null): void {
    level.subtest = null;
    level.last = null;
    const name = point.description || `test ${point.id ?? level.points}`;
    const self: Pending = {
      name: [name],
      outcome: point.outcome,
      durationMs: point.durationMs,
      message: point.reason,
    };
    if (subtest === null || subtest.tests.length === 0) {
      const skipped = subtest?.skippedAll ?? null;
      if (subtest !== null) this.#checkPlan(subtest, `the subtest ${name}`);
      if (skipped !== null && self.outcome === 'passed') {
        self.outcome = 'skipped';
        self.message = skipped || null;
      }
      level.tests.push(self);
      level.last = self;
      return;
    }
    this.#checkPlan(subtest, `the subtest ${name}`);
    const excused = self.outcome === 'skipped';
    let explained = false;
    for (const test of subtest.tests) {
      if (test.outcome === 'failed') explained = true;
      const outcome = excused && test.outcome === 'failed' ? 'skipped' : test.outcome;
      level.tests.push({ ...test, name: [name, ...test.name], outcome });
    }
    if (self.outcome === 'failed' && !explained) {
      level.tests.push(self);
      level.last = self;
    }
  }

  #checkPlan(level: Level, of: string): void {
    if (level.plan === null) this.#problem(`${of} has no plan`);
    else if (level.plan !== level.points) {
      this.#problem(`${of} planned ${level.plan} tests and reported ${level.points}`);
    }
  }

  #problem(text: string): void {
    this.#complete = false;
    this.#problems.push(text);
  }

  #comment(text: string, depth: number): void {
    const title = /^# Subtest: (.*)$/.exec(text)?.[1];
    if (title !== undefined) this.#titles.set(depth, title);
    const last = this.#levels[depth]?.last;
    if (depth + 1 === this.#levels.length && last?.outcome === 'failed' && title === undefined) {
      addTo(last, text.replace(/^# ?/, ''));
    }
  }

  #openYaml(indent: number): void {
    const depth = this.#levels.length - 1;
    const level = this.#levels[depth];
    // Of `ok 1 - name {` the block stands before its subtests; it says nothing they don't.
    const opened = level?.opener != null && level.points === 0 ? depth - 1 : depth;
    // A subtest's own line closes it, so that its block stands at the level that is open.
    if (indent !== opened * INDENT + 2) return;
    this.#yaml = { indent, of: opened === depth ? (level?.last ?? null) : null, text: '' };
  }

  /** Whether the line belongs to a YAML block; a line that is less indented ends one. */
  #inYaml(line: string): boolean {
    if (this.#yaml === null) return false;
    const { indent, of } = this.#yaml;
    const inside = line.trim() === '' || line.slice(0, indent).trim() === '';
    const over = inside && line.slice(indent).trimEnd() === '...';
    if (inside && !over) {
      if (this.#yaml.text.length < MESSAGE_LENGTH) this.#yaml.text += `${line.slice(indent)}\n`;
      return true;
    }
    if (of !== null) {
      const duration = /^duration_ms: *(\d+(?:\.\d+)?)/m.exec(this.#yaml.text)?.[1];
      if (duration !== undefined) of.durationMs = Number(duration);
      if (of.outcome === 'failed') addTo(of, this.#yaml.text.trimEnd());
    }
    this.#yaml = null;
    return over;
  }
}

function newLevel(title: string | null, opener: TapPoint | null): Level {
  return {
    title,
    opener,
    plan: null,
    skippedAll: null,
    points: 0,
    tests: [],
    last: null,
    subtest: null,
  };
}

function addTo(test: Pending, text: string): void {
  const whole = test.message === null ? text : `${test.message}\n${text}`;
  test.message = whole.slice(0, MESSAGE_LENGTH);
}
