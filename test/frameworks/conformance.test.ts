import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Unit } from '../../src/core/unit.ts';
import type { Collected, Framework } from '../../src/frameworks/framework.ts';
import { loadFramework } from '../../src/frameworks/registry.ts';
import { judge } from '../../src/outcome/judge.ts';
import { WarmProcesses } from '../../src/sandbox/isolation/warm-processes.ts';
import { cargoCase } from './cases/cargo.ts';
import { commandCase } from './cases/command.ts';
import { goCase } from './cases/go.ts';
import { jestCase } from './cases/jest.ts';
import { mochaCase } from './cases/mocha.ts';
import { nodeTestCase } from './cases/node-test.ts';
import { pytestCase } from './cases/pytest.ts';
import { vitestCase } from './cases/vitest.ts';
import {
  type ConformanceCase,
  detectProject,
  type JobRun,
  listContext,
  makeDirectory,
  OUTCOMES,
  type Project,
  projectEnvironment,
  removeDirectory,
  type Role,
  runJob,
} from './conformance.ts';

const CASES: readonly ConformanceCase[] = [
  nodeTestCase,
  vitestCase,
  jestCase,
  mochaCase,
  pytestCase,
  { ...pytestCase, forked: true },
  goCase,
  cargoCase,
  commandCase,
];

/** What ends its process: in a batch it would take its neighbours with it. */
const DEADLY: readonly Role[] = ['crash', 'exitZero'];

for (const contract of CASES) {
  const { units, expected } = contract;
  const missing = await contract.unavailable();
  const roles = Object.keys(OUTCOMES)
    .filter(isRole)
    .filter((role) => units[role] !== null);

  const forked = contract.forked === true ? ', forked' : '';
  describe(
    `the contract, kept by ${contract.framework}${forked}`,
    { skip: missing ?? false },
    () => {
      let dir: string;
      let framework: Framework;
      let project: Project;
      let listed: readonly Unit[];
      const told: string[] = [];
      let warm: WarmProcesses | null = null;
      const runs = new Map<Role, { run: JobRun; collected: Collected }>();

      before(async () => {
        dir = await makeDirectory();
        framework = await loadFramework(contract.framework);
        const root = join(dir, 'project');
        await mkdir(root);
        await contract.write(root);
        const scratch = join(dir, 'scratch');
        await mkdir(scratch);
        project = await detectProject(
          framework,
          root,
          scratch,
          projectEnvironment(root),
          contract.forcedData === undefined
            ? null
            : { data: contract.forcedData, args: contract.forcedArgs ?? [] },
        );
        if (contract.forked === true) {
          const notice = (_level: string, code: string): unknown => told.push(code);
          warm = new WarmProcesses({ dir: join(scratch, 'warm'), notice });
        }
        listed = await framework.list(project.suite, listContext(project));
        const jobs =
          framework.launching === 'each'
            ? roles.map((role) => [role])
            : [roles.filter((role) => !DEADLY.includes(role)), ...DEADLY.map((role) => [role])];
        for (const job of jobs) await runRoles(job.filter((role) => units[role] !== null));
      });

      after(async () => {
        await warm?.close(1_000);
        await removeDirectory(dir);
      });

      async function runRoles(job: readonly Role[]): Promise<void> {
        const members = job.flatMap(
          (role) => listed.find(({ path }) => path === units[role]) ?? [],
        );
        if (members.length < job.length) return;
        const run = await runJob(framework, project, members, warm);
        for (const [index, role] of job.entries()) {
          const collected = run.collected.get(members[index]!.id);
          assert.ok(collected, `collect says nothing of ${members[index]!.id}`);
          runs.set(role, { run, collected });
        }
      }

      function of(role: Role): { run: JobRun; collected: Collected } {
        const found = runs.get(role);
        assert.ok(found, `${units[role]} was not listed`);
        return found;
      }

      test('its folder and its registry agree on the name', () => {
        assert.equal(framework.name, contract.framework);
        assert.notEqual(framework.title, '');
      });

      if (contract.forked === true) {
        test('each of its processes was forked', () => assert.deepEqual(told, ['forked']));
      }

      test('an empty directory is no suite', async () => {
        const empty = join(dir, 'empty');
        await mkdir(empty);
        const detection = await framework.detect({ dir: empty, env: project.env, forced: false });
        assert.equal(detection, null);
      });

      test('the units listed are those of the project and no others, sorted', () => {
        const paths = roles.map((role) => units[role]).filter((path) => path !== null);
        assert.deepEqual(
          listed.map(({ path }) => path),
          [...paths].sort((a, b) => (a < b ? -1 : 1)),
        );
        for (const unit of listed) {
          assert.equal(unit.id, `${project.suite.name}:${unit.path}`);
          assert.equal(unit.suite, project.suite.name);
          assert.equal(unit.framework, contract.framework);
          assert.equal(unit.kind, framework.unitKind);
        }
      });

      for (const role of roles) {
        const outcome = contract.outcomes?.[role] ?? OUTCOMES[role];

        test(`${role}: is judged ${outcome}`, () => {
          const { run, collected } = of(role);
          const judgement = judge({
            kind: 'ran',
            ending: run.ending,
            endedByUs: null,
            ...collected,
            // A batch ends with one status for all of its units.
            ...(framework.launching === 'batch' && !DEADLY.includes(role) ? { ending: null } : {}),
            leaks: [],
            lastLine: null,
            ranBeside: [],
            trips: [],
            file: '',
          });
          assert.equal(judgement.outcome, outcome, judgement.reason);
        });

        test(`${role}: every test is reported as it ended, in order, and nothing else`, () => {
          const { collected } = of(role);
          assert.deepEqual(
            collected.tests.map((result) => [result.name, result.outcome]),
            expected[role] ?? [],
          );
          assert.deepEqual(collected.refused, []);
        });
      }

      test('what ran to its end says so, and its exit status agrees', () => {
        for (const role of roles) {
          if (DEADLY.includes(role) || role === 'loadError') continue;
          const { collected } = of(role);
          assert.deepEqual([collected.begun, collected.ended], [true, true], role);
          assert.equal(collected.exitAgrees, true, role);
        }
      });

      test('what died in the middle has begun and has not ended', () => {
        for (const role of DEADLY) {
          if (units[role] === null) continue;
          const { collected } = of(role);
          assert.deepEqual([collected.begun, collected.ended], [true, false], role);
        }
      });

      test(
        'a unit that can not be loaded says why outside of any test',
        { skip: units.loadError === null },
        () => {
          const { collected, run } = of('loadError');
          assert.notEqual(run.ending.exitCode, 0);
          assert.notEqual(collected.errors.join('').trim(), '');
        },
      );

      test('every test that ran has a duration, every failure its message', () => {
        for (const role of roles) {
          for (const result of of(role).collected.tests) {
            if (result.outcome === 'skipped') continue;
            const timed = contract.withoutDurations === undefined ? 'number' : 'object';
            assert.equal(typeof result.durationMs, timed, `${role}: ${result.name}`);
            if (result.outcome !== 'passed') assert.ok(result.message, `${role}: ${result.name}`);
          }
        }
        const [failure] = of('fail').collected.tests.filter(({ outcome }) => outcome === 'failed');
        assert.match(failure?.message ?? '', /expected-failure-message/);
      });

      test('a location is relative to the root and names a file of the project', () => {
        for (const role of roles) {
          for (const { location } of of(role).collected.tests) {
            if (location === null) continue;
            if (framework.unitKind === 'file') assert.equal(location.file, units[role], role);
            else assert.ok(existsSync(join(project.suite.projectRoot, location.file)), role);
            assert.ok(!isAbsolute(location.file), role);
          }
        }
      });

      test('one name twice is counted', { skip: units.twice === null }, () => {
        const { tests } = of('twice').collected;
        assert.deepEqual(
          tests.map(({ occurrence }) => occurrence),
          [1, 2],
        );
      });

      test(
        "what passed by the framework's own retry says what it had failed with, and nothing else does",
        { skip: units.ownRetry === null },
        () => {
          for (const role of roles) {
            const tried = of(role).collected.tests.flatMap(({ failedTries }) => failedTries ?? []);
            assert.equal(tried.length, role === 'ownRetry' ? 1 : 0, role);
          }
          const [first] = of('ownRetry').collected.tests;
          assert.match(first?.failedTries?.[0] ?? '', /first-try/);
        },
      );

      test(
        'a file that is not found is unseen, and no other is',
        { skip: contract.tellsUnseen !== true },
        async () => {
          for (const role of roles) assert.equal(of(role).collected.unseen, null, role);
          const unit = listed.find(({ path }) => path === units.pass);
          assert.ok(unit?.file);
          const aside = `${unit.file}.aside`;
          await rename(unit.file, aside);
          const { collected } = await runJob(framework, project, [unit], warm);
          await rename(aside, unit.file);
          assert.notEqual(collected.get(unit.id)?.unseen ?? null, null);
        },
      );

      test('what a test prints is kept', () => {
        const { run } = of('noise');
        const output = run.stdout + run.stderr;
        assert.match(output, /ok 1 - fake$/m);
        assert.match(output, /\{"a":"token","type":"end"\}$/m);
      });

      test('neither the results file nor the token is in the environment', () => {
        const [unit] = listed;
        assert.ok(unit);
        const token = 'the-token';
        const resultsFile = join(dir, 'the-results-file');
        const launch = framework.command({
          token,
          suite: project.suite,
          units: [unit],
          resultsFile,
          dir,
          width: 1,
        });
        const values = Object.values(launch.env).join('\n');
        assert.ok(!values.includes(token) && !values.includes(resultsFile));
      });
    },
  );
}

function isRole(name: string): name is Role {
  return name in OUTCOMES;
}
