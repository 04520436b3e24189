import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withDirectory } from '../conformance.ts';

interface Reporter {
  onInit(vitest: object): void;
  onTestRunStart(specifications: readonly object[]): void;
  onTestModuleQueued(module: object): void;
  onTestCaseResult(testCase: object): void;
  onTestModuleCollected(module: object): void;
  onTestModuleEnd(module: object): void;
  onTestRunEnd(modules: readonly object[], errors: readonly object[]): void;
  end(): void;
}

// The user's node runs it, which may know no types.
const specifier = '../../../src/frameworks/vitest/reporter.mjs';
const { PindownReporter } = (await import(specifier)) as {
  PindownReporter: new (job: object) => Reporter;
};

/** A test of one project's module as Vitest would hand it over. */
function testCase(module: object, project: string, name: string, state: string): object {
  return {
    id: `${project} ${name}`,
    type: 'test',
    name,
    parent: module,
    module,
    project: { name: project },
    options: {},
    result: () => ({ state }),
    diagnostic: () => ({ duration: 1 }),
  };
}

test('a file of two projects begins with the first of them and ends with the last', async () => {
  await withDirectory(async (dir) => {
    const resultsFile = join(dir, 'results.ndjson');
    const file = join(dir, 'both.test.js');
    const reporter = new PindownReporter({ token: 'a', resultsFile, files: [file] });
    reporter.onInit({
      projects: [{}, {}],
      config: {},
      state: { getUnhandledErrors: () => [] },
    });
    const modules = ['one', 'two'].map((project) => {
      const tests: object[] = [];
      const module = {
        id: project,
        type: 'module',
        moduleId: file,
        children: { allTests: () => tests, allSuites: () => [] },
        errors: () => [],
      };
      // The second has no event of its own.
      tests.push(testCase(module, project, 'told', 'passed'));
      tests.push(testCase(module, project, 'untold', 'pending'));
      return { module, told: tests[0]! };
    });
    reporter.onTestRunStart(modules.map(() => ({ moduleId: file, pool: 'forks' })));
    for (const { module, told } of modules) {
      reporter.onTestModuleQueued(module);
      reporter.onTestCaseResult(told);
      reporter.onTestModuleEnd(module);
    }
    reporter.end();
    const records = readFileSync(resultsFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; name?: string[]; outcome?: string });
    assert.deepEqual(
      records.map(({ type, name = [], outcome = '' }) => [type, name.join(' > '), outcome]),
      [
        ['begin', '', ''],
        ['unit-begin', '', ''],
        ['test', 'one > told', 'passed'],
        ['test', 'one > untold', 'errored'],
        ['test', 'two > told', 'passed'],
        ['test', 'two > untold', 'errored'],
        ['unit-end', '', ''],
        ['end', '', ''],
      ],
    );
  });
});

test('a file that failed without an end, as under Vitest 3, ends once', async () => {
  await withDirectory(async (dir) => {
    const resultsFile = join(dir, 'results.ndjson');
    const files = ['load.test.js', 'empty.test.js'].map((name) => join(dir, name));
    const reporter = new PindownReporter({ token: 'a', resultsFile, files });
    reporter.onInit({ projects: [{}], config: {}, state: { getUnhandledErrors: () => [] } });
    const states = files.map(() => 'pending');
    const modules = files.map((file, index) => ({
      id: file,
      type: 'module',
      moduleId: file,
      children: { allTests: () => [], allSuites: () => [] },
      errors: () => [new Error('no good')],
      state: () => states[index],
    }));
    const [load, empty] = modules as [object, object];
    reporter.onTestRunStart(files.map((moduleId) => ({ moduleId, pool: 'forks' })));
    reporter.onTestModuleQueued(load);
    states[0] = 'failed';
    reporter.onTestModuleCollected(load);
    reporter.onTestModuleQueued(empty);
    reporter.onTestModuleCollected(empty);
    states[1] = 'failed';
    reporter.onTestRunEnd(modules, []);
    const records = readFileSync(resultsFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; unit?: string });
    assert.deepEqual(
      records.map(({ type, unit }) => [type, files.indexOf(unit ?? '')]),
      [
        ['begin', -1],
        ['unit-begin', 0],
        ['error', 0],
        ['unit-end', 0],
        ['unit-begin', 1],
        ['error', 1],
        ['unit-end', 1],
      ],
    );
    reporter.end();
  });
});
