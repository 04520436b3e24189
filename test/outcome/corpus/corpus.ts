import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { FRAMEWORK_NAMES } from '../../../src/core/unit.ts';
import { type Family, FILE_STATES } from './family.ts';

const Text = v.array(v.string());
const Texts = v.record(v.string(), v.string());
const Files = v.record(v.string(), Text);
const Line = v.pipe(v.string(), v.nonEmpty());

const Upset = v.union([
  v.strictObject({ do: v.picklist(['remove', 'hold-for-writing']), path: Line }),
  v.strictObject({ do: v.literal('chmod'), path: Line, mode: Line }),
  v.strictObject({ do: v.literal('write'), path: Line, text: Text }),
]);

const Program = v.strictObject({
  files: Files,
  args: v.optional(Text, []),
  patterns: v.optional(Text, []),
  env: v.optional(Texts, {}),
  executable: v.optional(Text, []),
  upset: v.optional(v.array(Upset), []),
});

const Run = v.variant('kind', [
  v.strictObject({
    kind: v.literal('ran'),
    ending: v.union([
      v.strictObject({ exitCode: v.number(), signal: v.null() }),
      v.strictObject({ exitCode: v.null(), signal: Line }),
    ]),
    stdout: Text,
    stderr: Text,
    records: Text,
    jobFiles: v.optional(Files, {}),
  }),
  v.strictObject({
    kind: v.literal('refused'),
    code: Line,
    call: v.nullable(Line),
    path: v.nullable(Line),
    message: Line,
  }),
]);

const Output = v.strictObject({
  how: Line,
  program: v.optional(Program),
  files: v.optional(Files, {}),
  unit: v.strictObject({ path: Line, file: v.nullable(Line), data: v.optional(Texts, {}) }),
  run: v.optional(v.nullable(Run), null),
});

const World = v.strictObject({
  file: v.optional(v.array(v.picklist(FILE_STATES)), ['there']),
  planned: v.optional(v.boolean(), true),
  checkout: v.optional(v.picklist(['same', 'none', 'moved', 'branch', 'reflog-written']), 'same'),
  memory: v.optional(
    v.strictObject({
      counter: v.nullable(v.tuple([v.number(), v.number()])),
      beside: v.optional(
        v.picklist(['nobody', 'from-its-start', 'later', 'over-by-then']),
        'nobody',
      ),
    }),
    { counter: [0, 0] },
  ),
  declared: v.optional(Text, []),
  declaredElsewhere: v.optional(Text, []),
  writers: v.optional(Text, []),
  endedByUs: v.optional(v.picklist(['hung', 'timed-out', 'cancelled'])),
});

const Case = v.strictObject({
  name: Line,
  output: Line,
  world: v.optional(World, {}),
  label: v.union([v.literal('real'), v.strictObject({ transient: v.nullable(Line) })]),
  adversarial: v.optional(v.boolean(), false),
  because: Line,
});

const FamilyFile: v.GenericSchema<unknown, Family> = v.strictObject({
  framework: v.picklist(FRAMEWORK_NAMES),
  about: Line,
  outputs: v.record(v.string(), Output),
  cases: v.array(Case),
});

export const CASES_DIR: string = join(import.meta.dirname, 'cases');

/** Every family of the corpus, by the name of its file. */
export function readCorpus(): ReadonlyMap<string, Family> {
  const names = readdirSync(CASES_DIR).filter((name) => name.endsWith('.json'));
  return new Map(names.sort().map((name) => [name, readFamily(join(CASES_DIR, name))]));
}

function readFamily(file: string): Family {
  const parsed = v.safeParse(FamilyFile, JSON.parse(readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.output;
  const problems = parsed.issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
  throw new Error(`${file}:\n${problems.join('\n')}`);
}
