import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { isSystemError } from '../../core/errors.ts';

/** What in a directory says that pytest runs there. */
export interface Sign {
  readonly strength: 1 | 2;
  /** For people: `pyproject.toml has [tool.pytest.ini_options]`. */
  readonly because: string;
}

/** Files that are pytest's own wherever they lie (https://docs.pytest.org/en/stable/reference/customize.html). */
const OWN_FILES = ['pytest.toml', '.pytest.toml', 'pytest.ini', '.pytest.ini'];

const TEST_FILE = /^(?:test_.*|.*_test)\.py$/;

/** The strongest sign of pytest in the directory, or null. */
export async function findSign(dir: string): Promise<Sign | null> {
  for (const file of OWN_FILES) {
    if ((await readIfThere(join(dir, file))) !== null) return { strength: 2, because: file };
  }
  const section = await configuredSection(dir);
  if (section !== null) return { strength: 2, because: section };
  for (const file of ['conftest.py', 'tests/conftest.py', 'test/conftest.py']) {
    if ((await readIfThere(join(dir, file))) !== null) return { strength: 2, because: file };
  }
  for (const folder of ['tests', 'test', '.']) {
    const file = (await namesIn(join(dir, folder))).find((name) => TEST_FILE.test(name));
    if (file !== undefined) {
      return { strength: 1, because: folder === '.' ? file : `${folder}/${file}` };
    }
  }
  return null;
}

async function configuredSection(dir: string): Promise<string | null> {
  const pyproject = await readIfThere(join(dir, 'pyproject.toml'));
  const table = pyproject === null ? null : pytestTable(pyproject);
  if (table !== null) return `pyproject.toml has ${table}`;
  for (const [file, section] of [
    ['tox.ini', '[pytest]'],
    ['setup.cfg', '[tool:pytest]'],
  ] as const) {
    const text = await readIfThere(join(dir, file));
    if (text?.split('\n').some((line) => line.trimEnd() === section)) {
      return `${file} has ${section}`;
    }
  }
  return null;
}

function pytestTable(pyproject: string): string | null {
  try {
    const tool = parse(pyproject)['tool'];
    const pytest = isTable(tool) ? tool['pytest'] : undefined;
    if (!isTable(pytest)) return null;
    return 'ini_options' in pytest ? '[tool.pytest.ini_options]' : '[tool.pytest]';
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // Broken: pytest itself says best what is wrong in it, once it is asked for its files.
    return /^\[tool\.pytest\b.*\]/m.exec(pyproject)?.[0] ?? null;
  }
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How pytest is started: the working directory is on `sys.path` only with `python -m pytest`. */
export interface Way {
  readonly way: 'command' | 'module';
  /** The file that says so; null where nothing does and `pytest` is taken for granted. */
  readonly file: string | null;
}

const RECIPES = [
  'pyproject.toml',
  'tox.ini',
  'tox.toml',
  'noxfile.py',
  'Makefile',
  'makefile',
  'GNUmakefile',
  'justfile',
  'Justfile',
  '.gitlab-ci.yml',
  '.travis.yml',
];

const AS_MODULE = /(?:\bpython[\d.]*|\{env_?python\})["']?[\s,]+["']?-m["']?[\s,]+["']?pytest\b/;

/**
 * How the project's own recipes start pytest. One that says `python -m pytest` anywhere works when
 * it is started so; one that never says it may rely on the working directory not being importable.
 */
export async function findWay(dir: string): Promise<Way> {
  const workflows = '.github/workflows';
  const files = [
    ...RECIPES,
    ...(await namesIn(join(dir, workflows)))
      .filter((name) => /\.ya?ml$/.test(name))
      .map((name) => `${workflows}/${name}`),
  ];
  for (const file of files) {
    const text = await readIfThere(join(dir, file));
    if (text !== null && AS_MODULE.test(text)) return { way: 'module', file };
  }
  return { way: 'command', file: null };
}

/** Null also for what is no file, or may not be read: then it is no sign. */
async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isSystemError(error)) return null;
    throw error;
  }
}

async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    return (await readdir(dir)).sort();
  } catch (error) {
    if (isSystemError(error)) return [];
    throw error;
  }
}
