import type { TestOutcome } from '../core/outcome.ts';

/** A test point's line: `not ok 3 - description # TODO reason`. */
export interface TapPoint {
  readonly id: number | null;
  /** Its escapes undone; perhaps empty. */
  readonly description: string;
  /** `TODO` excuses a failure, which is then skipped; `SKIP` does not. */
  readonly outcome: TestOutcome;
  /** Of a directive. */
  readonly reason: string | null;
  readonly durationMs: number | null;
  /** Its subtests follow in braces, as node-tap writes them. */
  readonly opens: boolean;
  /**
   * Hardly anything but TAP reads so: it has a number, and after that nothing, a dash or a
   * directive. `ok 3 files copied` may be prose.
   */
  readonly formal: boolean;
}

export interface TapPlan {
  readonly count: number;
  /** Of `1..0 # SKIP reason`: the reason, perhaps empty; else null. */
  readonly skipped: string | null;
}

/** A plan's line (`1..4`), without its indentation; null if it is none. */
export function parsePlan(text: string): TapPlan | null {
  const match = /^1\.\.(\d{1,9})(?:\s*#\s*(.*))?$/s.exec(text);
  if (match === null) return null;
  const count = Number(match[1]);
  const skip = /^skip\S*\s*(.*)$/is.exec(match[2] ?? '');
  return { count, skipped: count === 0 && skip !== null ? skip[1]! : null };
}

const POINT =
  /^(?<not>not )?ok(?:[ \t]+(?<number>\d{1,9})(?=[ \t]|$))?(?<dash>[ \t]+-(?=[ \t]|$))?(?:[ \t]+(?<rest>.*))?$/s;

/** A test point's line, without its indentation; null if it is none. */
export function parsePoint(text: string): TapPoint | null {
  const match = POINT.exec(text);
  if (match === null) return null;
  const { not, number, dash, rest = '' } = match.groups!;
  const opens = / \{$|^\{$/.test(rest);
  const { description, directives } = splitDirectives(opens ? rest.slice(0, -1) : rest);
  let outcome: TestOutcome = not === undefined ? 'passed' : 'failed';
  let reason: string | null = null;
  let durationMs: number | null = null;
  for (const directive of directives) {
    const [, kind, why] = /^#\s*(skip|todo|time=)\S*?(?:\s+(.*))?$/is.exec(directive) ?? [];
    switch (kind?.toLowerCase()) {
      case 'skip':
        if (outcome === 'passed') outcome = 'skipped';
        reason = why ?? null;
        break;
      case 'todo':
        if (outcome === 'failed') outcome = 'skipped';
        reason = why === undefined ? 'TODO' : `TODO ${why}`;
        break;
      default:
        durationMs = Number(/^#\s*time=(\d+(?:\.\d+)?)ms/.exec(directive)?.[1] ?? NaN);
    }
  }
  return {
    id: number === undefined ? null : Number(number),
    description: description.trim().replaceAll(/\\([\\#])/g, '$1'),
    outcome,
    reason,
    durationMs: Number.isNaN(durationMs) ? null : durationMs,
    opens,
    formal: number !== undefined && (dash !== undefined || rest === '' || rest.startsWith('#')),
  };
}

// Exact where it excuses a failure: in `not ok 2 # todo-list` it is the test's name.
const DIRECTIVE = /#\s*(?:skip|todo(?![\w-])|time=)/iy;

/** Splits before each ` # SKIP`, ` # TODO` and ` # time=`; an escaped `\#` is a part of the text. */
function splitDirectives(text: string): { description: string; directives: readonly string[] } {
  const starts: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '#' && (at === 0 || text[at - 1] === ' ')) {
      DIRECTIVE.lastIndex = at;
      if (DIRECTIVE.test(text)) starts.push(at);
    }
  }
  return {
    description: text.slice(0, starts[0] ?? text.length),
    directives: starts.map((start, n) => text.slice(start, starts[n + 1]).trim()),
  };
}
