import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { PindownError } from '../../../src/core/errors.ts';
import { uuidv7 } from '../../../src/core/ids.ts';
import { SpawnFailure } from '../../../src/process/spawn-failure.ts';
import { openContainers } from '../../../src/sandbox/isolation/container/open-containers.ts';
import type { Isolated, Isolator } from '../../../src/sandbox/isolation/isolator.ts';
import { scratchDirectory } from '../../report/scratch.ts';
import { attemptIn, type TestAttempt } from './attempt-in.ts';
import { FakeEngine } from './fake-engine.ts';

const project = scratchDirectory();

async function opened(engine: FakeEngine, args: readonly string[] = []): Promise<Isolator> {
  return await openContainers(
    {
      runId: uuidv7(),
      owner: '1:2:boot',
      projectRoot: project,
      signal: new AbortController().signal,
      say: () => undefined,
    },
    {
      kind: 'container',
      engine: engine.program,
      image: 'the-image',
      args,
      'pull-timeout': 5_000,
    },
  );
}

interface Played {
  readonly engine: FakeEngine;
  readonly isolator: Isolator;
  readonly attempt: TestAttempt;
  readonly child: Isolated;
}

/** Asking an engine is slow: those that only start attempts share one. */
async function shared(): Promise<Pick<Played, 'engine' | 'isolator'>> {
  const engine = await FakeEngine.make();
  return { engine, isolator: await opened(engine, ['--memory=1g']) };
}
let ready: ReturnType<typeof shared> | null = null;

async function started(
  script: string,
  faults: Parameters<FakeEngine['setFaults']>[0] = {},
  env: Readonly<Record<string, string>> = {},
): Promise<Played> {
  const { engine, isolator } = await (ready ??= shared());
  engine.setFaults(faults);
  const attempt = attemptIn(project, ['sh', '-c', script], env);
  return { engine, isolator, attempt, child: await isolator.start(attempt) };
}

const callsOf = (engine: FakeEngine, name: string): readonly (readonly string[])[] =>
  engine.calls().filter((words) => words.includes(name));

const verbs = (engine: FakeEngine): string[] => engine.calls().map(([verb]) => verb ?? '');

async function refusedWith(code: string, run: Promise<unknown>): Promise<PindownError> {
  const [result] = await Promise.allSettled([run]);
  assert.ok(result.status === 'rejected' && result.reason instanceof PindownError);
  assert.equal(result.reason.code, code);
  return result.reason;
}

describe('before the first attempt', () => {
  test('the image is there, and a container as attempts have it was made and removed', async () => {
    const engine = await FakeEngine.make({ noImage: true });
    const isolator = await opened(engine);
    assert.deepEqual(verbs(engine), ['version', 'image', 'pull', 'image', 'create', 'rm', 'ps']);
    assert.equal(isolator.engine, engine.program);
  });

  test('an engine without an init is taken without, and says so', async () => {
    const isolator = await opened(await FakeEngine.make({ noInit: true }));
    assert.match(isolator.because, /no init/);
  });

  test('what can not be had is an error that says what is missing', async () => {
    const pull = opened(await FakeEngine.make({ noImage: true, pull: 'connection refused' }));
    assert.match((await refusedWith('image-unavailable', pull)).message, /connection refused/);
    const refuses = opened(await FakeEngine.make({ refuses: 'Cannot connect to the daemon' }));
    const refused = await refusedWith('container-engine-refuses', refuses);
    assert.equal(refused.exitCode, 6);
    assert.match(refused.message, /Cannot connect to the daemon/);
    const create = opened(await FakeEngine.make({ create: 'unknown flag: --memry' }));
    assert.match((await refusedWith('container-refused', create)).message, /unknown flag/);
  });
});

describe('an attempt in a container', () => {
  test('is attached to before it starts: of one that ends at once nothing is lost', async () => {
    const { engine, attempt, child } = await started('echo out; echo err >&2; exit 3');
    assert.deepEqual(await child.ended, { exitCode: 3, signal: null });
    assert.equal(attempt.stdout(), 'out\n');
    assert.equal(attempt.stderr(), 'err\n');
    const name = `pindown-${attempt.token}`;
    const starts = callsOf(engine, name).filter(([verb]) => verb === 'start' || verb === 'run');
    assert.deepEqual(starts, [['start', '--attach', '--sig-proxy=false', name]]);
    assert.deepEqual(await child.settle(0), { leaks: [], fault: null });
    assert.deepEqual(engine.calls().at(-2)?.slice(0, 2), ['rm', '--force']);
    assert.deepEqual(
      readdirSync(engine.dir).filter((file) => file.endsWith('.container.json')),
      [],
    );
  });

  test("has the project mounted, its labels, the user's arguments and its own command", async () => {
    const { engine, attempt, child } = await started('exit 0');
    await child.ended;
    await child.settle(0);
    const create = engine.calls().findLast(([verb]) => verb === 'create') ?? [];
    const after = (option: string): string[] => create.filter((_, at) => create[at - 1] === option);
    assert.deepEqual(after('--name'), [`pindown-${attempt.token}`]);
    assert.ok(after('--label').includes('pindown.owner=1:2:boot'));
    assert.ok(after('--mount').includes(`type=bind,source=${project},target=${project}`));
    assert.ok(after('--mount').some((mount) => mount.endsWith('/src,readonly')));
    assert.deepEqual(after('--entrypoint'), ['sh']);
    assert.deepEqual(create.slice(create.indexOf('--memory=1g')), [
      '--memory=1g',
      'the-image',
      '-c',
      'exit 0',
    ]);
  });

  test('its environment is on no command line and in no file that stays', async () => {
    const secret = 'hunter2-of-the-tests';
    const { engine, attempt, child } = await started(
      'printf "%s|%s|%s|%s" "$TOKEN" "$LINES2" "$PATH" "$SSH_AUTH_SOCK"',
      {},
      {
        TOKEN: secret,
        LINES2: 'a\nb',
        SSH_AUTH_SOCK: '/run/agent',
        PATH: `/outside/bin:${project}/bin`,
      },
    );
    await child.ended;
    const path = `${project}/bin:/image/bin:/usr/bin:/bin`;
    assert.equal(attempt.stdout(), `${secret}|a\nb|${path}|`);
    assert.ok(!JSON.stringify(engine.calls()).includes(secret));
    assert.ok(!existsSync(join(attempt.dir, 'container.env')));
    await child.settle(0);
  });

  test("the engine's record decides how it ended, not its client", async () => {
    for (const [script, faults, ending] of [
      ['exit 0', { recorded: 3, client: 0 }, { exitCode: 3, signal: null }],
      ['exit 0', { client: 125 }, { exitCode: 0, signal: null }],
      ['exit 127', {}, { exitCode: 127, signal: null }],
      ['exit 0', { recorded: 137 }, { exitCode: null, signal: 'SIGKILL' }],
      ['exit 0', { recorded: 1, oom: true }, { exitCode: null, signal: 'SIGKILL' }],
    ] as const) {
      const { child } = await started(script, faults);
      assert.deepEqual(await child.ended, ending, JSON.stringify({ script, faults }));
      assert.equal((await child.settle(0)).refused, undefined);
    }
  });

  test('an image without the program is a refused start that says so, and nothing is left', async () => {
    const { engine, isolator } = await (ready ??= shared());
    engine.setFaults({});
    const attempt = attemptIn(project, ['no-such-program']);
    const [result] = await Promise.allSettled([isolator.start(attempt)]);
    assert.ok(result.status === 'rejected' && result.reason instanceof SpawnFailure);
    assert.match(result.reason.message, /the image the-image has no program "no-such-program"/);
    assert.equal(result.reason.fault.code, 'ENOENT');
    assert.equal(engine.calls().at(-2)?.[0], 'rm');
  });

  test('is told to end and then killed, by its name', async () => {
    const { engine, attempt, child } = await started(`trap '' TERM; while :; do sleep 600; done`);
    child.end(300);
    assert.deepEqual(await child.ended, { exitCode: null, signal: 'SIGKILL' });
    const name = `pindown-${attempt.token}`;
    assert.deepEqual(
      callsOf(engine, name).filter(([verb]) => verb === 'kill'),
      [
        ['kill', '--signal', 'TERM', name],
        ['kill', '--signal', 'KILL', name],
      ],
    );
    await child.settle(0);
  });

  test('a container that can not be removed is named', async () => {
    const { engine, child } = await started('exit 0');
    await child.ended;
    engine.setFaults({ sticky: true });
    assert.match(
      (await child.settle(0)).fault ?? '',
      /could not be removed: device or resource busy/,
    );
  });
});

describe('a predecessor of the same name', () => {
  test('is removed and seen to be gone', async () => {
    const engine = await FakeEngine.make();
    const isolator = await opened(engine);
    engine.put('pindown-abc', {});
    engine.put('pindown-abcd', {});
    await isolator.clear('abc');
    assert.deepEqual(verbs(engine).slice(-3), ['ps', 'rm', 'ps']);
    assert.ok(!existsSync(join(engine.dir, 'pindown-abc.container.json')));
    assert.ok(existsSync(join(engine.dir, 'pindown-abcd.container.json')));
  });

  test('that can not be removed keeps the attempt from starting', async () => {
    const engine = await FakeEngine.make();
    const isolator = await opened(engine);
    engine.put('pindown-abc', {});
    engine.setFaults({ sticky: true });
    await assert.rejects(isolator.clear('abc'), SpawnFailure);
  });
});
