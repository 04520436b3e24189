import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Attempt } from '../../src/core/attempt.ts';
import { systemClock } from '../../src/core/clock.ts';
import { uuidv7 } from '../../src/core/ids.ts';
import type { Unit } from '../../src/core/unit.ts';
import { Census } from '../../src/process/census.ts';
import { GroupTier } from '../../src/process/tier/group-tier.ts';
import { isAlive } from '../../src/process/proc-stat.ts';
import type { Tier } from '../../src/process/tier/tier.ts';
import { Executor, type ExecutorPorts } from '../../src/run/executor.ts';
import type { ExecutorMessage, JobSpec, JobUnit } from '../../src/run/messages.ts';
import { processIsolator } from '../../src/sandbox/isolation/process-isolator.ts';
import { Tripwires } from '../../src/sandbox/tripwires/tripwires.ts';
import { PlanStamp } from '../../src/sandbox/plan-stamp.ts';
import { FaultLooks } from '../../src/run/fault-looks.ts';
import { Worlds } from '../../src/sandbox/world.ts';
import { shellFramework, shellSuite, shellUnit } from './shell-framework.ts';

const PASS = `report begin; report test ',"name":["ok"],"outcome":"passed"'; report end`;

let dir = '';
before(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'pindown-executor-')));
  mkdirSync(join(dir, 'attempts'));
});
after(() => rmSync(dir, { recursive: true }));

/** What attempts run in: recognised by the group tier, in the user's own TMPDIR. */
function surroundings(tier: Tier): ExecutorPorts['around'] {
  const options = { temp: false, home: false, keep: 'none' } as const;
  const faults = new FaultLooks(PlanStamp.take('/', []));
  const worlds = Worlds.open('r', options, null);
  return { tier, faults, worlds, tripwires: Tripwires.none(), isolator: processIsolator };
}

interface Played {
  readonly attempts: ReadonlyMap<string, Attempt>;
  readonly messages: readonly ExecutorMessage[];
  readonly givenBack: readonly string[];
}

async function play(
  units: readonly [Unit, ...Unit[]],
  options: {
    readonly batch?: boolean;
    readonly timeoutMs?: number;
    readonly graceMs?: number;
    /** Called with each message, to act upon the executor while it runs. */
    readonly onMessage?: (message: ExecutorMessage, executor: Executor) => void;
  } = {},
): Promise<Played> {
  const jobUnits = units.map((unit): JobUnit => ({ unit, attemptId: uuidv7(), number: 1 }));
  const spec: JobSpec = {
    token: uuidv7(),
    suite: shellSuite(dir),
    framework: shellFramework(options.batch === true ? 'batch' : 'each'),
    units: jobUnits as [JobUnit, ...JobUnit[]],
    slots: [0],
    timeoutMs: options.timeoutMs ?? 60_000,
    leases: [],
  };
  const messages: ExecutorMessage[] = [];
  const runId = uuidv7();
  const executor = new Executor(spec, {
    runId,
    runDir: dir,
    env: { PATH: process.env['PATH'] ?? '' },
    around: surroundings(new GroupTier(runId, Census.fromNow(), 'of tests')),
    clock: systemClock,
    graceMs: options.graceMs ?? 2_000,
    hang: { afterMs: 30_000, onHang: 'kill' },
    again: { before: [], after: [] },
    post: (message) => {
      messages.push(message);
      options.onMessage?.(message, executor);
    },
  });
  await executor.run();
  const last = messages.at(-1);
  assert.equal(last?.type, 'job-finished');
  return {
    attempts: new Map(
      messages.flatMap((message) =>
        message.type === 'attempt-finished' ? [[message.attempt.unitId, message.attempt]] : [],
      ),
    ),
    messages,
    givenBack: last?.type === 'job-finished' ? last.givenBack : [],
  };
}

async function playOne(script: string, options: Parameters<typeof play>[1] = {}): Promise<Attempt> {
  const unit = shellUnit('one', script);
  const attempt = (await play([unit], options)).attempts.get(unit.id);
  assert.ok(attempt !== undefined);
  return attempt;
}

const evidence = (attempt: Attempt, name: string): string =>
  readFileSync(
    join(dir, attempt.evidence.find((path) => path.endsWith(name)) ?? 'missing'),
    'utf8',
  );

describe('one unit in a process of its own', () => {
  test('passes, with its output whole on disk', async () => {
    const attempt = await playOne(`echo out; echo err >&2; ${PASS}`);
    assert.equal(attempt.outcome, 'passed');
    assert.equal(attempt.exitCode, 0);
    assert.equal(evidence(attempt, 'stdout.log'), 'out\n');
    assert.equal(evidence(attempt, 'stderr.log'), 'err\n');
    assert.ok(attempt.durationMs > 0);
  });

  test('a flood of output neither blocks it nor passes through memory', async () => {
    const rss = process.memoryUsage().rss;
    const attempt = await playOne(`head -c 300000000 /dev/zero; ${PASS}`);
    assert.equal(attempt.outcome, 'passed');
    const [stdout] = attempt.evidence;
    assert.ok(existsSync(join(dir, stdout ?? '')));
    assert.ok(process.memoryUsage().rss - rss < 150_000_000);
    rmSync(join(dir, stdout ?? ''));
  });

  test('a program that is not there is spawn-failed, and says so', async () => {
    const unit = { ...shellUnit('gone', ''), suite: 'shell' };
    const messages: ExecutorMessage[] = [];
    const framework = {
      ...shellFramework('each'),
      command: () => ({ argv: ['no-such-program'] as [string], cwd: dir, env: {} }),
    };
    await new Executor(
      {
        token: uuidv7(),
        suite: shellSuite(dir),
        framework,
        units: [{ unit, attemptId: uuidv7(), number: 1 }],
        slots: [0],
        timeoutMs: 1_000,
        leases: [],
      },
      {
        runId: 'r',
        runDir: dir,
        env: { PATH: '/usr/bin:/bin' },
        around: surroundings(new GroupTier('r', Census.fromNow(), 'of tests')),
        clock: systemClock,
        graceMs: 100,
        hang: { afterMs: 30_000, onHang: 'kill' },
        again: { before: [], after: [] },
        post: (message) => messages.push(message),
      },
    ).run();
    const finished = messages.find((message) => message.type === 'attempt-finished');
    assert.equal(finished?.attempt.outcome, 'spawn-failed');
    assert.match(finished?.attempt.reason ?? '', /no program "no-such-program" on PATH/);
  });

  test('a signal is a crash', async () => {
    const attempt = await playOne(`report begin; kill -SEGV $$`);
    assert.equal(attempt.outcome, 'crashed');
    assert.equal(attempt.signal, 'SIGSEGV');
  });

  test('over its limit without progress it hung, and its whole group is ended', async () => {
    const attempt = await playOne(`report begin; sleep 600 & wait`, { timeoutMs: 400 });
    assert.equal(attempt.outcome, 'hung');
    assert.equal(attempt.signal, 'SIGTERM');
    assert.deepEqual(attempt.leaks, []);
  });

  test('over its limit while it computes it timed out', async () => {
    const attempt = await playOne(`report begin; while :; do :; done`, { timeoutMs: 600 });
    assert.equal(attempt.outcome, 'timed-out');
    assert.match(attempt.reason, /ms of CPU/);
  });

  test('over its limit while it writes it timed out', async () => {
    const attempt = await playOne(`while :; do echo x; sleep 0.05; done`, { timeoutMs: 600 });
    assert.equal(attempt.outcome, 'timed-out');
    assert.match(attempt.reason, /bytes of output/);
  });

  test('a process that ignores SIGTERM is killed after its grace', async () => {
    const attempt = await playOne(`trap '' TERM; report begin; while :; do sleep 0.05; done`, {
      timeoutMs: 400,
      graceMs: 300,
    });
    assert.equal(attempt.signal, 'SIGKILL');
  });

  test('a second interrupt cuts the grace short', async () => {
    const unit = shellUnit('stubborn', `trap '' TERM; report begin; while :; do sleep 0.05; done`);
    const { attempts } = await play([unit], {
      graceMs: 3_600_000,
      onMessage: (message, executor) => {
        if (message.type !== 'attempt-started') return;
        executor.cancel('interrupted by SIGINT', 3_600_000);
        executor.killNow();
      },
    });
    const attempt = attempts.get(unit.id);
    assert.equal(attempt?.outcome, 'cancelled');
    assert.match(attempt?.reason ?? '', /SIGINT/);
  });

  const escapes: readonly (readonly [title: string, command: string, foundBy: RegExp])[] = [
    ['a background child', 'sleep 600 >/dev/null 2>&1 &', /process group/],
    ['a child in a session of its own', 'setsid sleep 600 >/dev/null 2>&1 &', /environment/],
    [
      'a daemon by double fork',
      '( setsid sh -c "sleep 600 & exit" >/dev/null 2>&1 )',
      /environment/,
    ],
    ['a child without environment that holds stdout', 'env -i setsid sleep 600 &', /holds stdout/],
  ];
  for (const [title, command, foundBy] of escapes) {
    test(`${title} is a leak, named and ended`, async () => {
      const attempt = await playOne(`${PASS}\n${command}\nsleep 0.1`);
      assert.equal(attempt.outcome, 'leaked');
      const leak = attempt.leaks.find((one) => one.command.includes('sleep 600'));
      assert.match(leak?.foundBy.join(', ') ?? '', foundBy);
      assert.equal(leak?.endedBy, 'SIGTERM');
      assert.equal(isAlive(leak?.pid ?? 0, leak?.startTime ?? 0), false);
    });
  }

  test('a child that ends soon after its parent is no leak', async () => {
    const attempt = await playOne(`${PASS}\n(sleep 0.05) &`);
    assert.equal(attempt.outcome, 'passed');
  });

  test('a record of another attempt is refused and named', async () => {
    const unit = shellUnit(
      'foreign',
      `${PASS}\n` +
        `printf '{"a":"other","type":"test","name":["x"],"outcome":"failed"}\\n' >> attempts/$PINDOWN_ATTEMPT_ID/results.ndjson`,
    );
    const { attempts, messages } = await play([unit]);
    assert.equal(attempts.get(unit.id)?.outcome, 'passed');
    const refused = messages.find((message) => message.type === 'notice');
    assert.match(refused?.message ?? '', /written by another attempt \(other\)/);
  });
});

const units = (script: string): [Unit, Unit, Unit] => [
  shellUnit('a', script),
  shellUnit('b', ''),
  shellUnit('c', ''),
];
const ok = (file: string): string =>
  `report unit-begin ",\\"unit\\":\\"${file}\\""; report test ",\\"unit\\":\\"${file}\\",\\"name\\":[\\"t\\"],\\"outcome\\":\\"passed\\""; report unit-end ",\\"unit\\":\\"${file}\\""`;
const begin = (file: string): string => `report unit-begin ",\\"unit\\":\\"${file}\\""`;

/** The rules that claim its attempts, in order. */
const excuses = ({ messages }: Played): (string | null)[] =>
  messages.flatMap((message) =>
    message.type === 'attempt-finished' ? [message.excuse?.rule.name ?? null] : [],
  );

describe('a batch', () => {
  test('comes back by file', async () => {
    const { attempts, givenBack } = await play(
      units(`report begin; ${ok('$1')}; ${ok('$2')}; ${ok('$3')}; report end`),
      { batch: true },
    );
    assert.deepEqual(
      [...attempts.values()].map(({ outcome }) => outcome),
      ['passed', 'passed', 'passed'],
    );
    assert.deepEqual(givenBack, []);
  });

  test('reports where a test stands relative to the project, while others still run', async () => {
    const place = `,"unit":"/a","name":["t"],"outcome":"passed","file":"${dir}/a.js","line":3`;
    const { attempts } = await play(
      units(`${begin('$1')}; report test '${place}'; report unit-end ',"unit":"/a"'`),
      { batch: true },
    );
    assert.deepEqual(attempts.get('shell:a')?.tests[0]?.location, {
      file: 'a.js',
      line: 3,
      column: null,
    });
  });

  test('a crash is laid at the file that ran; what had not run is given back', async () => {
    const { attempts, givenBack } = await play(
      units(`report begin; ${ok('$1')}; ${begin('$2')}; kill -SEGV $$`),
      { batch: true },
    );
    assert.equal(attempts.get('shell:a')?.outcome, 'passed');
    assert.equal(attempts.get('shell:b')?.outcome, 'crashed');
    assert.deepEqual(givenBack, ['shell:c']);
  });

  describe('what its infrastructure declared', () => {
    const declare = `echo 'db: refused' >> "$PINDOWN_INFRA_FAILURE_FILE"`;

    test('counts for each where none had begun: it is the set-up of all', async () => {
      const played = await play(units(`report begin; ${declare}; exit 1`), { batch: true });
      assert.deepEqual(excuses(played), ['infra-declared', 'infra-declared', 'infra-declared']);
    });

    test('counts for none of several that had begun: nobody can tell whose it was', async () => {
      const played = await play(
        units(`report begin; ${begin('$1')}; ${declare}; ${begin('$2')}; sleep 0.2; kill -SEGV $$`),
        { batch: true },
      );
      assert.deepEqual(excuses(played), [null, null]);
    });

    test('counts for the only one', async () => {
      const [only] = units(`report begin; ${begin('$1')}; ${declare}; sleep 0.2; kill -SEGV $$`);
      assert.deepEqual(excuses(await play([only], { batch: true })), ['infra-declared']);
    });
  });

  test('a hang is laid at the file that ran past its limit', async () => {
    const { attempts, givenBack } = await play(
      units(`report begin; ${ok('$1')}; ${begin('$2')}; sleep 600`),
      { batch: true, timeoutMs: 500 },
    );
    assert.equal(attempts.get('shell:a')?.outcome, 'passed');
    assert.equal(attempts.get('shell:b')?.outcome, 'hung');
    assert.deepEqual(givenBack, ['shell:c']);
  });

  test('a file whose worker died is over at once, and its limit with it', async () => {
    const gone = `report error ',"unit":"/a","message":"its worker is gone"'; report unit-died ',"unit":"/a"'`;
    const { attempts } = await play(
      units(`report begin; ${begin('$1')}; ${gone}; sleep 0.2; ${begin('$2')}; sleep 600`),
      { batch: true, timeoutMs: 700 },
    );
    const died = attempts.get('shell:a');
    assert.deepEqual([died?.outcome, died?.errors], ['errored', ['its worker is gone']]);
    assert.match(died?.reason ?? '', /went on with other units: its worker is gone/);
    assert.equal(attempts.get('shell:b')?.outcome, 'hung');
  });

  test('a neighbour that is cut off by it is cancelled, not blamed', async () => {
    const { attempts } = await play(
      units(`report begin; ${begin('$1')}; sleep 0.2; ${begin('$2')}; sleep 600`),
      { batch: true, timeoutMs: 700 },
    );
    assert.equal(attempts.get('shell:a')?.outcome, 'hung');
    assert.equal(attempts.get('shell:b')?.outcome, 'cancelled');
    assert.match(attempts.get('shell:b')?.reason ?? '', /because shell:a was over its limit/);
  });

  test('a framework that never begins is an error of every unit, and none is given back', async () => {
    const { attempts, givenBack } = await play(units(`echo 'bad configuration' >&2; exit 2`), {
      batch: true,
    });
    assert.deepEqual(
      [...attempts.values()].map(({ outcome }) => outcome),
      ['errored', 'errored', 'errored'],
    );
    assert.match(
      attempts.get('shell:c')?.reason ?? '',
      /exit status 2, and it left no results: bad configuration/,
    );
    assert.deepEqual(givenBack, []);
  });

  test('an exit status that nothing explains amends what had passed', async () => {
    const { attempts } = await play(
      units(`report begin; ${ok('$1')}; ${ok('$2')}; ${ok('$3')}; exit 1`),
      { batch: true },
    );
    assert.deepEqual(
      [...attempts.values()].map(({ outcome }) => outcome),
      ['contradicted', 'contradicted', 'contradicted'],
    );
  });

  test('what stayed behind is named by a file that had failed, too', async () => {
    const failed = `report test ',"unit":"/a","name":["t"],"outcome":"failed","message":"no"'`;
    const { attempts } = await play(
      units(
        `report begin; ${begin('$1')}; ${failed}; report unit-end ',"unit":"/a"'; setsid sleep 600 >/dev/null 2>&1 & exit 1`,
      ),
      { batch: true },
    );
    const { outcome, leaks } = attempts.get('shell:a') ?? {};
    assert.equal(outcome, 'failed');
    assert.deepEqual(
      leaks?.map(({ command }) => command),
      ['sleep 600'],
    );
  });

  test('a process that stays when all was reported hung', async () => {
    const { attempts } = await play(
      units(`report begin; ${ok('$1')}; ${ok('$2')}; ${ok('$3')}; sleep 600`),
      { batch: true, timeoutMs: 500 },
    );
    assert.deepEqual(
      [...attempts.values()].map(({ outcome }) => outcome),
      ['passed', 'passed', 'hung'],
    );
  });
});
