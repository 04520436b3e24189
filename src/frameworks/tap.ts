import { MESSAGE_LENGTH } from './records.ts';
import { ReportRoom, TOO_MANY_TESTS } from './report-room.ts';
import { type TapLikeness, tapLikeness } from './tap-likeness.ts';
import { type PendingTest, TapLevel, type TapTest } from './tap-level.ts';
import { type TapPoint, parsePlan, parsePoint } from './tap-line.ts';
import { shownLines } from './tap-text.ts';

export interface TapDocument {
  /** Whether it is TAP at all. */
  readonly likeness: TapLikeness;
  /** Anything of TAP was seen: a version, a plan or a test point. */
  readonly begun: boolean;
  /** It has begun, every plan was kept, and nothing bailed out. */
  readonly complete: boolean;
  readonly tests: readonly TapTest[];
  /** Of `1..0 # SKIP reason`: the reason, perhaps empty; else null. */
  readonly skippedAll: string | null;
  /** What the document lacks, one sentence each; `Bail out!` with its reason. */
  readonly problems: readonly string[];
}

interface Yaml {
  readonly indent: number;
  readonly of: PendingTest | null;
  text: string;
  /** One of its lines says that a test failed: its text, or a subtest that it swallows. */
  failure: boolean;
}

const INDENT = 4;

/** Deeper than any suite nests; what stands further in is no TAP. */
const MAX_DEPTH = 64;

/** How many problems are told. */
const MAX_PROBLEMS = 100;

/**
 * Reads TAP 13 and 14 (https://testanything.org/tap-version-14-specification.html), line by line:
 * subtests, also those that node-tap writes in braces; SKIP and TODO; YAML and comments as a
 * failure's message. It reads whatever a program wrote: what is no TAP is skipped, and the end
 * says whether it was TAP. Takes time with the length of its input and bounded memory; no input
 * makes it throw.
 */
export class TapParser {
  readonly #root = new TapLevel(null, null);
  readonly #levels: TapLevel[] = [this.#root];
  readonly #problems: string[] = [];
  #begun = false;
  #version = false;
  #bailedOut = false;
  readonly #room = new ReportRoom();
  /** Of `# Subtest: name`, by the depth it stands at. */
  readonly #titles = new Map<number, string>();
  #yaml: Yaml | null = null;
  /** The line before was a test point's: a YAML block stands there or nowhere. */
  #afterPoint = false;

  /** Takes one line of output, as it was written. */
  line(line: string): void {
    for (const shown of shownLines(line)) this.#line(shown);
  }

  finish(): TapDocument {
    if (this.#yaml !== null) this.#closeYaml(this.#yaml, false);
    const root = this.#root;
    const likeness = tapLikeness({
      version: this.#version,
      plan: root.plan,
      points: root.points,
      failed: root.failed,
      formal: root.formal,
      bailedOut: this.#bailedOut,
    });
    this.#closeTo(0);
    root.close();
    this.#adoptOrphan(root);
    if (this.#begun && !this.#bailedOut) this.#checkPlan(root, 'the document');
    if (this.#room.exceeded) this.#problem(TOO_MANY_TESTS);
    return {
      likeness,
      begun: this.#begun,
      complete: this.#begun && this.#problems.length === 0,
      tests: root.tests,
      skippedAll: root.skippedAll,
      problems: this.#problems,
    };
  }

  #line(line: string): void {
    if (this.#bailedOut || this.#inYaml(line)) return;
    const afterPoint = this.#afterPoint;
    this.#afterPoint = false;
    const indent = line.search(/[^ ]|$/);
    const text = line.slice(indent).trimEnd();
    if (text === '---' && afterPoint) this.#openYaml(indent);
    const depth = indent / INDENT;
    if (!Number.isInteger(depth) || depth > MAX_DEPTH) return;
    if (/^TAP version \d+$/.test(text)) {
      this.#begun = true;
      this.#version ||= depth === 0;
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

  #planOrPoint(text: string, depth: number): void {
    const plan = parsePlan(text);
    const point = plan === null ? parsePoint(text) : null;
    if (plan === null && point === null) return;
    this.#begun = true;
    const level = this.#enter(depth);
    if (plan !== null) {
      if (!level.setPlan(plan)) this.#problem('more than one plan at one level');
      // Comments after a closing plan are a summary, no diagnostics.
      level.last = null;
    } else if (point !== null) {
      this.#afterPoint = true;
      level.count(point, !this.#room.exceeded);
      if (point.opens) this.#levels.push(new TapLevel(null, point));
      else this.#settle(level, point, level.subtest);
    }
  }

  /** Brings the level of that depth to the top: opens it, or closes those inside it. */
  #enter(depth: number): TapLevel {
    this.#closeTo(depth);
    // With the plan at its end, a subtest's first line may be one of a subtest in it.
    while (this.#levels.length <= depth) {
      const outer = this.#levels.length - 1;
      this.#levels.push(new TapLevel(this.#titles.get(outer) ?? null, null));
      this.#titles.delete(outer);
    }
    return this.#levels[depth]!;
  }

  #closeTo(depth: number): void {
    while (this.#levels.length > depth + 1) {
      const level = this.#levels.pop()!;
      const parent = this.#levels.at(-1)!;
      level.close();
      this.#adoptOrphan(level);
      if (level.opener === null) {
        this.#adoptOrphan(parent);
        parent.subtest = level;
      } else this.#settle(parent, level.opener, level);
    }
  }

  /** A subtest whose own line never came stands under its title. */
  #adoptOrphan(level: TapLevel): void {
    const { subtest } = level;
    if (subtest === null) return;
    const title = subtest.title ?? 'subtest';
    this.#checkPlan(subtest, `the subtest ${title}`);
    this.#problem(`the subtest ${title} has no result of its own`);
    for (const test of subtest.tests) level.tests.push({ ...test, name: [title, ...test.name] });
    level.subtest = null;
  }

  /** Adds a test point to its level: its subtest's tests, and itself where it says more. */
  #settle(level: TapLevel, point: TapPoint, subtest: TapLevel | null): void {
    level.subtest = null;
    level.last = null;
    const name = point.description || `test ${point.id ?? level.points}`;
    if (subtest !== null) this.#checkPlan(subtest, `the subtest ${name}`);
    let { outcome, reason } = point;
    if (subtest !== null && subtest.skippedAll !== null && outcome === 'passed') {
      outcome = 'skipped';
      reason = subtest.skippedAll || null;
    }
    let explained = false;
    for (const test of subtest?.tests ?? []) {
      if (test.outcome === 'failed') explained = true;
      const excused = point.outcome === 'skipped' && test.outcome === 'failed';
      level.tests.push({
        ...test,
        name: [name, ...test.name],
        outcome: excused ? 'skipped' : test.outcome,
      });
    }
    const empty = subtest === null || subtest.tests.length === 0;
    if (!empty && (outcome !== 'failed' || explained)) return;
    if (!this.#room.admit(name)) return;
    const message = reason === null ? null : this.#room.cut(reason);
    const self = { name: [name], outcome, durationMs: point.durationMs, message };
    level.add(self, subtest === null ? point : null);
  }

  #checkPlan(level: TapLevel, of: string): void {
    for (const fault of level.faults()) this.#problem(`${of} ${fault}`);
  }

  #problem(text: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(text);
  }

  #comment(text: string, depth: number): void {
    const title = /^# Subtest: (.*)$/s.exec(text)?.[1];
    if (title !== undefined) this.#titles.set(depth, title);
    const last = this.#levels[depth]?.last;
    if (depth + 1 === this.#levels.length && last?.outcome === 'failed' && title === undefined) {
      this.#explain(last, text.replace(/^# ?/, ''));
    }
  }

  #openYaml(indent: number): void {
    const depth = this.#levels.length - 1;
    const level = this.#levels[depth];
    // Of `ok 1 - name {` the block stands before its subtests; it says nothing they don't.
    const opened = level?.opener != null && level.points === 0 ? depth - 1 : depth;
    // A subtest's own line closes it, so that its block stands at the level that is open.
    if (indent !== opened * INDENT + 2) return;
    const of = opened === depth ? (level?.last ?? null) : null;
    this.#yaml = { indent, of, text: '', failure: false };
  }

  /** Whether the line belongs to a YAML block; a line that is less indented ends one. */
  #inYaml(line: string): boolean {
    const yaml = this.#yaml;
    if (yaml === null) return false;
    const inside = line.trim() === '' || line.slice(0, yaml.indent).trim() === '';
    const over = inside && line.slice(yaml.indent).trimEnd() === '...';
    if (!inside || over) {
      this.#closeYaml(yaml, over);
      return over;
    }
    yaml.failure ||= /^ *not ok(?: |$)/.test(line);
    if (yaml.text.length < MESSAGE_LENGTH) yaml.text += `${line.slice(yaml.indent)}\n`;
    return true;
  }

  #closeYaml({ of, text, failure }: Yaml, ended: boolean): void {
    this.#yaml = null;
    if (!ended && failure) {
      this.#problem('a YAML block that is not ended holds a line that says "not ok"');
    }
    if (of === null) return;
    const duration = /^duration_ms: *(\d+(?:\.\d+)?)/m.exec(text)?.[1];
    if (duration !== undefined) of.durationMs = Number(duration);
    if (of.outcome === 'failed') this.#explain(of, text.trimEnd());
  }

  /** Adds to a test's message as far as there is room: the output on disk has the rest. */
  #explain(test: PendingTest, text: string): void {
    const added = this.#room.cut(text, test.message?.length);
    if (added === '') return;
    test.message = test.message === null ? added : `${test.message}\n${added}`;
  }
}
