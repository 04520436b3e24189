import * as v from 'valibot';
import { GOTCHA_STATUSES, type GotchaStatus } from './gotcha.ts';

const text = (what: string) =>
  v.pipe(v.string(`Expected ${what}`), v.trim(), v.nonEmpty(`Expected ${what}, got an empty text`));

/** A date of TOML: `2026-12-24`, which begins at midnight UTC, or with a time and an offset. */
const date = v.pipe(
  v.date('Expected a date without quotes, such as 2026-12-24'),
  v.transform((value) => new Date(value.getTime())),
);

const signature = v.pipe(
  v.string('Expected a signature'),
  v.regex(/^s\d+:[0-9a-f]{16}$/, 'Expected a signature such as "s1:0123456789abcdef"'),
);

const DEFAULT_STALE_AFTER = 50;

const quarantine = v.strictObject({
  owner: text('who answers for it'),
  reason: text('why it is tolerated'),
  expires: date,
  'stale-after': v.optional(
    v.pipe(
      v.number('Expected a number of runs'),
      v.integer('Expected a whole number of runs'),
      v.minValue(1, 'Expected at least one run'),
    ),
    DEFAULT_STALE_AFTER,
  ),
});

/** What stands between the `+++` lines of an entry. */
export interface FrontMatter {
  readonly signatures: readonly string[];
  readonly status: GotchaStatus;
  readonly owner?: string | undefined;
  readonly 'first-seen'?: Date | undefined;
  readonly expires?: Date | undefined;
  readonly fixed?: Date | undefined;
  readonly 'fixed-by'?: string | undefined;
  readonly by?: string | undefined;
  readonly links: readonly string[];
  readonly quarantine?:
    | {
        readonly owner: string;
        readonly reason: string;
        readonly expires: Date;
        readonly 'stale-after': number;
      }
    | undefined;
}

/** What is wrong with a front matter: the first thing. */
export interface FrontMatterIssue {
  /** From the outside in. */
  readonly keys: readonly string[];
  readonly kind: 'unknown-key' | 'missing' | 'invalid';
  readonly message: string;
}

const schema = v.strictObject({
  signatures: v.pipe(
    v.array(signature, 'Expected a list of signatures'),
    v.minLength(1, 'Expected at least one signature'),
  ),
  status: v.picklist(
    GOTCHA_STATUSES,
    `Expected one of ${GOTCHA_STATUSES.map((status) => `"${status}"`).join(', ')}`,
  ),
  owner: v.optional(text('who looks into it')),
  'first-seen': v.optional(date),
  expires: v.optional(date),
  fixed: v.optional(date),
  'fixed-by': v.optional(text('what mended it')),
  by: v.optional(text("the other entry's name")),
  links: v.optional(v.array(v.pipe(v.string(), v.url('Expected a link')), 'Expected links'), []),
  quarantine: v.optional(quarantine),
});

/** The keys that there are, at the top or in `[quarantine]`. */
export function knownKeys(inside: 'top' | 'quarantine'): readonly string[] {
  return Object.keys((inside === 'top' ? schema : quarantine).entries);
}

/** Checks what TOML gave. */
export function checkFrontMatter(
  raw: unknown,
): { readonly front: FrontMatter } | { readonly issue: FrontMatterIssue } {
  const result = v.safeParse(schema, raw);
  if (result.success) return { front: result.output };
  const [issue] = result.issues;
  const keys = (issue.path ?? []).map(({ key }) => key).filter((key) => typeof key === 'string');
  const strict = issue.kind === 'schema' && issue.type === 'strict_object';
  const unknown = strict && issue.expected === 'never';
  const missing = issue.received === 'undefined';
  const kind = unknown ? 'unknown-key' : missing ? 'missing' : 'invalid';
  return { issue: { keys, kind, message: issue.message } };
}
