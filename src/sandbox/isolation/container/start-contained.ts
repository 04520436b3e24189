import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tailOf } from '../../../core/file-ends.ts';
import { OVER } from '../../../core/over.ts';
import { pause } from '../../../process/pause.ts';
import { type Child, spawnChild } from '../../../process/spawn.ts';
import type { IsolatedStart } from '../isolator.ts';
import { Contained } from './contained.ts';
import { containerEnvironment } from './container-environment.ts';
import {
  containerName,
  type ContainerState,
  removeContainer,
  stateOf,
  wasStarted,
} from './containers.ts';
import { type ContainerPlan, createArguments } from './create-arguments.ts';
import { type Engine, EngineFault, lastLine } from './engine.ts';
import { refusedStart } from './refused-start.ts';

const LOOK_EVERY_MS = 20;
const TAIL_BYTES = 4_096;

export interface ContainerWay extends ContainerPlan {
  readonly engine: Engine;
  /** The image's `PATH`; null where it says none. */
  readonly path: string | null;
}

/**
 * Makes an attempt's container, attaches to it and starts it, in this order, so that nothing of
 * the output of one that ends at once is lost.
 *
 * @throws SpawnFailure where it could not be made or its program not be run; then it is gone
 */
export async function startContained(
  way: ContainerWay,
  { spec, token, dir, world }: IsolatedStart,
): Promise<Contained> {
  const { engine, image } = way;
  const [program] = spec.argv;
  const name = containerName(token);
  try {
    await create(way, { spec, token, dir, world });
    const client = await spawnChild({
      ...spec,
      argv: [engine.program, 'start', '--attach', '--sig-proxy=false', name],
      env: clientEnvironment(),
      within: (start) => start(),
    });
    const state = await begun(engine, name, client);
    if (wasStarted(state)) {
      const { stderrFile } = spec;
      return new Contained({ engine, name, image, program, client, state, stderrFile });
    }
    const said =
      state.Error === undefined || state.Error === ''
        ? lastLine(tailOf(spec.stderrFile, TAIL_BYTES).toString('utf8'))
        : state.Error;
    throw new EngineFault(said);
  } catch (error) {
    if (!(error instanceof EngineFault)) throw error;
    await removeContainer(engine, name).catch((left: unknown) => {
      // What is still there is found by its label on the next start; the first cause is told.
      if (!(left instanceof EngineFault)) throw left;
    });
    throw refusedStart(image, program, error.message, error);
  }
}

async function create(
  way: ContainerWay,
  { spec, token, dir, world }: Omit<IsolatedStart, 'tier'>,
): Promise<void> {
  const shared = [dir, ...(world === null ? [] : [world])];
  const env = Object.entries(
    containerEnvironment(spec.env, { shared: [way.projectRoot, ...shared], path: way.path }),
  );
  const envFile = join(dir, 'container.env');
  const manyLines = env.filter(([, value]) => value.includes('\n'));
  const lines = env.filter(([, value]) => !value.includes('\n'));
  try {
    const text = lines.map(([name, value]) => `${name}=${value}\n`).join('');
    // It may hold secrets: nobody else reads it, and it is gone before the program runs.
    writeFileSync(envFile, text, { mode: 0o600, flag: 'wx' });
    const envNames = manyLines.map(([name]) => name);
    const { argv, cwd } = spec;
    await way.engine.ask(createArguments(way, { token, argv, cwd, shared, envFile, envNames }), {
      env: Object.fromEntries(manyLines),
    });
  } finally {
    rmSync(envFile, { force: true });
  }
}

/** What the engine says of the container once it runs, has run, or can't. */
async function begun(engine: Engine, name: string, client: Child): Promise<ContainerState> {
  const over = new AbortController();
  void client.ended.then(() => over.abort(OVER));
  for (;;) {
    const last = over.signal.aborted;
    const state = await stateOf(engine, name);
    if (last || wasStarted(state)) return state;
    await pause(LOOK_EVERY_MS, over.signal);
  }
}

function clientEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(entries);
}
