import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseXml, type XmlElement } from '../report/xml-tree.ts';
import { type Count, countOutcomes } from './count.ts';
import { compareCounts } from './real-suite.ts';

/** Where Debian's packages of Python modules lie; toolz and its alias tlz come in python3-toolz. */
const MODULES = '/usr/lib/python3/dist-packages';

test("toolz' suite comes to what pytest counts", { skip: whyNot() }, async (t) => {
  await compareCounts(t, {
    from: { toolz: join(MODULES, 'toolz'), tlz: join(MODULES, 'tlz') },
    // Debian leaves the tests' __init__.py out, which would have made the project importable.
    env: (project) => ({ PYTHONPATH: project, PYTHONDONTWRITEBYTECODE: '1' }),
    args: ['--framework', 'pytest'],
    async own({ run, results }) {
      // The only one of pytest's formats of JUnit that names a test's file.
      const format = [`--junit-xml=${results}`, '-o', 'junit_family=xunit1'];
      await run('python3', ['-m', 'pytest', ...format]);
      return readJUnit(parseXml(readFileSync(results, 'utf8')));
    },
  });
});

function whyNot(): string | false {
  const tests = join(MODULES, 'toolz/tests');
  if (!existsSync(tests)) return `there is no ${tests} (python3-toolz)`;
  try {
    execFileSync('python3', ['-c', 'import pytest'], { stdio: 'pipe' });
    return false;
  } catch (error) {
    return `python3 has no pytest: ${String(error)}`;
  }
}

function readJUnit(root: XmlElement): Count {
  const cases = root.children.flatMap(({ children }) => children);
  const outcomes = cases.map(({ children }) => {
    const names = new Set(children.map(({ name }) => name));
    if (names.has('failure') || names.has('error')) return 'failed';
    return names.has('skipped') ? 'skipped' : 'passed';
  });
  return {
    units: new Set(cases.map(({ attributes }) => attributes['file'])).size,
    ...countOutcomes(outcomes),
  };
}
