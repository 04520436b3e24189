import * as v from 'valibot';
import { FRAMEWORK_NAMES, type FrameworkName } from '../core/unit.ts';
import { duration, type Group, group, texts, wholeNumber } from './values.ts';

export interface SuiteGroup {
  readonly name?: string | undefined;
  readonly framework?: FrameworkName | undefined;
  readonly dir: string;
  readonly args: readonly string[];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly needs: readonly string[];
  /** Milliseconds. */
  readonly timeout?: number | undefined;
  readonly retries?: number | undefined;
  readonly patterns?: readonly string[] | undefined;
  readonly command?: readonly string[] | undefined;
  readonly results?: 'auto' | 'exit' | 'tap' | 'junit' | undefined;
}

/** `[[suite]]`: one suite; several make several suites of one repository. */
export const suiteGroup: Group<SuiteGroup> = group({
  name: v.pipe(
    v.optional(
      v.pipe(
        v.string('Expected text'),
        v.regex(/^[\w.-]+$/, 'Expected letters, digits, ".", "_" and "-" only'),
      ),
    ),
    v.description("What its units' ids begin with. Default: the framework's name."),
  ),
  framework: v.pipe(
    v.optional(v.picklist(FRAMEWORK_NAMES, `Expected one of ${FRAMEWORK_NAMES.join(', ')}`)),
    v.description('The framework. Default: what is found in "dir".'),
  ),
  dir: v.pipe(
    v.optional(v.string('Expected text'), '.'),
    v.description(
      "Where the framework's own command would be run, relative to the root. Default: the root.",
    ),
  ),
  args: v.pipe(
    v.optional(texts, []),
    v.description("Further arguments for the framework's own command."),
  ),
  include: v.pipe(
    v.optional(texts, []),
    v.description('Globs of unit paths to keep. Default: all.'),
  ),
  exclude: v.pipe(v.optional(texts, []), v.description('Globs of unit paths to leave out.')),
  env: v.pipe(
    v.optional(v.record(v.string(), v.string('Expected text')), {}),
    v.description('Environment variables of its processes.'),
  ),
  needs: v.pipe(
    v.optional(texts, []),
    v.description('The resources, by their names in [resources], that each of its units holds.'),
  ),
  timeout: v.pipe(v.optional(duration), v.description('As in [run], for this suite.')),
  retries: v.pipe(v.optional(wholeNumber(0)), v.description('As in [run], for this suite.')),
  patterns: v.pipe(
    v.optional(texts),
    v.description('For framework = "command": globs of the files that are its units.'),
  ),
  command: v.pipe(
    v.optional(texts),
    v.description('For framework = "command": the program and its arguments, {unit} for the file.'),
  ),
  results: v.pipe(
    v.optional(
      v.picklist(['auto', 'exit', 'tap', 'junit'], 'Expected "auto", "exit", "tap" or "junit"'),
    ),
    v.description('For framework = "command": where its results are read. Default: "auto".'),
  ),
});
