import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseToml, TomlError } from 'smol-toml';
import * as v from 'valibot';
import { suggest } from '../core/did-you-mean.ts';
import { describeFault, isSystemError, usageError } from '../core/errors.ts';
import { type HangGroup, hangGroup } from './hang-group.ts';
import { type IsolationGroup, isolationGroup } from './isolation-group.ts';
import { CONFIG_NAME } from './project-root.ts';
import { type PytestGroup, pytestGroup } from './pytest-group.ts';
import { type ReportGroup, reportGroup } from './report-group.ts';
import { type ResourcesGroup, resourcesGroup } from './resources-group.ts';
import { type RunGroup, runGroup } from './run-group.ts';
import { type SetupGroup, setupGroup } from './setup-group.ts';
import { type SuiteGroup, suiteGroup } from './suite-group.ts';
import { type UnitGroup, unitGroup } from './unit-group.ts';
import type { Group } from './values.ts';

/** The configuration with every default filled in; durations in milliseconds. */
export interface Config {
  readonly run: RunGroup;
  readonly suite: readonly SuiteGroup[];
  readonly isolation: IsolationGroup;
  readonly hang: HangGroup;
  readonly pytest: PytestGroup;
  readonly report: ReportGroup;
  readonly setup: readonly SetupGroup[];
  readonly resources: ResourcesGroup;
  readonly unit: readonly UnitGroup[];
}

/** The groups of `pindown.toml`, as the documentation shows them. */
export const CONFIG_GROUPS: Readonly<Record<keyof Config, Group<unknown>>> = {
  run: runGroup,
  suite: suiteGroup,
  isolation: isolationGroup,
  hang: hangGroup,
  pytest: pytestGroup,
  report: reportGroup,
  setup: setupGroup,
  resources: resourcesGroup,
  unit: unitGroup,
};

const schema = v.strictObject({
  run: v.optional(runGroup.schema, {}),
  suite: v.optional(v.array(suiteGroup.schema, 'Expected [[suite]]'), []),
  isolation: v.optional(isolationGroup.schema, {}),
  hang: v.optional(hangGroup.schema, {}),
  pytest: v.optional(pytestGroup.schema, {}),
  report: v.optional(reportGroup.schema, {}),
  setup: v.optional(v.array(setupGroup.schema, 'Expected [[setup]]'), []),
  resources: v.optional(resourcesGroup.schema, {}),
  unit: v.optional(v.array(unitGroup.schema, 'Expected [[unit]]'), []),
});

/**
 * The configuration of a project; the defaults where it has none.
 *
 * @throws PindownError (exit status 2) for broken TOML, an unknown key or a value of another kind,
 *   naming the place
 */
export function loadConfig(root: string): Config {
  const file = join(root, CONFIG_NAME);
  const text = readConfig(file);
  let raw: unknown;
  try {
    raw = parseToml(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw usageError(
      'config-syntax',
      `${file}:${error.line}:${error.column}: ${error.message.trim()}`,
      undefined,
      error,
    );
  }
  const result = v.safeParse(schema, raw);
  if (result.success) return withKnownNeeds(result.output, file, text);
  throw describeIssue(file, text, result.issues[0]);
}

function readConfig(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return '';
    throw usageError(
      'config-unreadable',
      `${file} can't be read: ${describeFault(error)}.`,
      'Make it readable, or move it away.',
      error,
    );
  }
}

/** A name that stands in no [resources] would be a lease that nobody limits. */
function withKnownNeeds(config: Config, file: string, text: string): Config {
  const known = Object.keys(config.resources);
  for (const { needs } of [...config.suite, ...config.unit]) {
    const missing = needs.find((name) => !known.includes(name));
    if (missing === undefined) continue;
    const near = suggest(missing, known);
    throw usageError(
      'config-unknown-resource',
      `${file}:${lineOf(text, 'needs')}: [resources] has no "${missing}".`,
      near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `Add it: ${missing} = 1`,
    );
  }
  return config;
}

type Issue = v.InferIssue<typeof schema>;

function describeIssue(file: string, text: string, issue: Issue): Error {
  const keys = (issue.path ?? []).map(({ key }) => key);
  const last = keys.filter((key) => typeof key === 'string').at(-1) ?? '';
  const where = `${file}:${lineOf(text, last)}`;
  const name = keys.filter((key) => typeof key === 'string').join('.');
  if (issue.kind === 'schema' && issue.type === 'strict_object' && issue.expected === 'never') {
    const near = suggest(last, knownKeys(keys));
    return usageError(
      'config-unknown-key',
      `${where}: there is no setting "${name}".`,
      near.length > 0
        ? `Did you mean ${near.join(' or ')}?`
        : 'docs/configuration.md lists the settings.',
    );
  }
  return usageError(
    'config-value',
    `${where}: "${name}": ${issue.message}, got ${issue.received}.`,
  );
}

/** The keys that are known beside the one that isn't. */
function knownKeys(path: readonly unknown[]): readonly string[] {
  const found = Object.entries(CONFIG_GROUPS).find(([name]) => path.length > 1 && path[0] === name);
  return found === undefined
    ? Object.keys(CONFIG_GROUPS)
    : found[1].settings.map(({ name }) => name);
}

/** The first line on which a key stands; TOML parsers give no positions of values. */
function lineOf(text: string, key: string): number {
  const escaped = key.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const lines = text.split('\n');
  const index = lines.findIndex((line) =>
    new RegExp(`^\\s*\\[*["']?${escaped}["']?\\s*[\\]=.]`).test(line),
  );
  return index + 1;
}
