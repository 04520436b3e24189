import type { TestOutcome } from '../../../src/core/outcome.ts';
import type { FrameworkName } from '../../../src/core/unit.ts';
import { type ConformanceCase, linkNodeModules, type Role, writeFiles } from '../conformance.ts';
import { NOISE } from './noise.ts';

/** In what the JavaScript frameworks differ. */
export interface JsDialect {
  readonly framework: FrameworkName;
  readonly tellsUnseen?: true;
  /** What else is in the project: package.json at least. */
  readonly project: Readonly<Record<string, string>>;
  /** How a file of tests is named. */
  readonly extension: string;
  /** Files that stand elsewhere or are named otherwise. */
  readonly paths?: Partial<Record<Role, string>>;
  /** What each file of tests begins with. */
  readonly head: string;
  /** The function that declares a test. */
  readonly test: 'it' | 'test';
  /** What the framework prints for tests that pass. */
  readonly passing: readonly string[];
  /** Waits until what was reported before has surely left the process. */
  readonly settle?: string;
  /** Ends the process at once with status 0. */
  readonly exit?: string;
  /** Sources in place of the common ones; the head is put before them, too. */
  readonly sources: Pick<Sources, 'skip'> & Partial<Sources>;
  readonly expected: Pick<Expected, 'skip'> & Partial<Expected>;
  readonly outcomes?: NonNullable<ConformanceCase['outcomes']>;
}

type Sources = Record<Role, string>;

type Expected = Record<Role, readonly (readonly [name: string, outcome: TestOutcome])[]>;

const NAMES: Readonly<Record<Role, string>> = {
  pass: 'pass',
  fail: 'fail',
  skip: 'skip',
  loadError: 'load-error',
  noTests: 'nothing',
  crash: 'crash',
  noise: 'noise',
  nonAscii: 'größer 数 🚀',
  twice: 'twice',
  exitZero: 'exit-zero',
  ownRetry: 'own-retry',
};

/** The case of a JavaScript framework, as this repository has it installed. */
export function jsCase(dialect: JsDialect): ConformanceCase {
  const sources = { ...commonSources(dialect), ...dialect.sources };
  const path = (role: Role): string =>
    dialect.paths?.[role] ?? `test/${NAMES[role]}${dialect.extension}`;
  const files = Object.entries(sources).map(([role, source]) => [
    path(role as Role),
    source === '' ? '' : `${dialect.head}${source}`,
  ]);
  return {
    framework: dialect.framework,
    ...(dialect.tellsUnseen === undefined ? {} : { tellsUnseen: dialect.tellsUnseen }),
    unavailable: async () => await Promise.resolve(null),
    write: async (dir) => {
      await writeFiles(dir, { ...dialect.project, ...Object.fromEntries(files) });
      await linkNodeModules(dir);
    },
    units: {
      pass: path('pass'),
      fail: path('fail'),
      skip: path('skip'),
      loadError: path('loadError'),
      noTests: path('noTests'),
      crash: path('crash'),
      noise: path('noise'),
      nonAscii: path('nonAscii'),
      twice: path('twice'),
      exitZero: path('exitZero'),
      ownRetry: dialect.sources.ownRetry === undefined ? null : path('ownRetry'),
    },
    expected: { ...EXPECTED, ...dialect.expected },
    ...(dialect.outcomes === undefined ? {} : { outcomes: dialect.outcomes }),
  };
}

function commonSources({
  test,
  passing,
  settle = '',
  exit = 'process.exit(0);',
}: JsDialect): Omit<Sources, 'skip' | 'ownRetry'> {
  return {
    pass: `
for (const n of [1, 2]) ${test}('family of ' + n, () => {});
describe('outer', () => {
  describe('inner', () => {
    ${test}('nested', async () => {});
  });
});
`,

    fail: `
${test}('passes', () => {});
${test}('fails', () => { throw new Error('expected-failure-message'); });
`,

    loadError: `
${test}('never', () => {});
throw new Error('broken while loading');
`,

    noTests: '',

    crash: `
${test}('before', () => {});
${test}('killed', async () => {
  ${settle}
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => {});
});
${test}('after', () => {});
`,

    noise: `
const { writeSync } = process.getBuiltinModule('node:fs');
const lines = ${JSON.stringify([...passing, ...NOISE].join('\n'))};
${test}('noisy', () => {
  console.log(lines);
  console.error(lines);
  writeSync(1, lines + '\\n');
  writeSync(2, lines + '\\n');
  throw new Error('noise');
});
`,

    nonAscii: `
describe('größer', () => {
  ${test}('数 🚀', () => {});
});
`,

    twice: `
${test}('same', () => {});
${test}('same', () => { throw new Error('the second of its name'); });
`,

    exitZero: `
${test}('before', () => {});
${test}('exits', async () => {
  ${settle}
  ${exit}
});
`,
  };
}

const EXPECTED: Omit<Expected, 'skip' | 'loadError' | 'noTests'> = {
  pass: [
    ['family of 1', 'passed'],
    ['family of 2', 'passed'],
    ['outer > inner > nested', 'passed'],
  ],
  fail: [
    ['passes', 'passed'],
    ['fails', 'failed'],
  ],
  crash: [['before', 'passed']],
  noise: [['noisy', 'failed']],
  nonAscii: [['größer > 数 🚀', 'passed']],
  twice: [
    ['same', 'passed'],
    ['same', 'failed'],
  ],
  exitZero: [['before', 'passed']],
  ownRetry: [
    ['on its second try', 'passed'],
    ['at once', 'passed'],
  ],
};
