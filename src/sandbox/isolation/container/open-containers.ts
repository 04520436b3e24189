import { basename } from 'node:path';
import { environmentError, usageError } from '../../../core/errors.ts';
import type { Isolator } from '../isolator.ts';
import type { IsolatedRun, IsolationOptions } from '../open-isolator.ts';
import { SpawnFailure } from '../../../process/spawn-failure.ts';
import { containerName, exactly, listContainers, removeContainer } from './containers.ts';
import { type ContainerPlan, createArguments } from './create-arguments.ts';
import { type Engine, EngineFault } from './engine.ts';
import { imagePath } from './image-path.ts';
import { openEngine } from './open-engine.ts';
import { type ContainerWay, startContained } from './start-contained.ts';

/**
 * Attempts in a container each, by podman or docker. The image is there, and a container as the
 * attempts will have it has been made once, before this returns.
 *
 * @throws PindownError where there is no engine, no image, or no such container can be made
 */
export async function openContainers(
  run: IsolatedRun,
  options: IsolationOptions,
): Promise<Isolator> {
  const { image } = options;
  if (image === undefined) {
    throw usageError(
      'isolation-image',
      '[isolation] kind = "container" needs an image.',
      'Name one that has what the suite is run by, such as image = "docker.io/library/node:24".',
    );
  }
  const { engine, version } = await openEngine(options.engine);
  const { signal } = run;
  const timeoutMs = options['pull-timeout'];
  const path = await imagePath(engine, {
    image,
    timeoutMs,
    signal,
    say: (line) => run.say(line),
  });
  const { runId, owner, projectRoot } = run;
  const plan = await tried(engine, {
    runId,
    owner,
    projectRoot,
    image,
    init: true,
    user: userFor(engine),
    network: options.network ?? null,
    args: options.args,
  });
  const way: ContainerWay = { ...plan, engine, path };
  const init = plan.init ? '' : ', which has no init to put in front of the program';
  return {
    kind: 'container',
    because: `${image} by ${engine.program}${version === null ? '' : ` ${version}`}${init}`,
    engine: engine.program,
    clear: (token) => clear(engine, token),
    start: (attempt) => startContained(way, attempt),
  };
}

/**
 * docker's daemon is root and so is what it runs, unless it is told: what an attempt writes into
 * the project must be the user's. podman without root maps its root to the user by itself.
 */
function userFor(engine: Engine): string | null {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  return basename(engine.program) === 'docker' && uid !== 0 ? `${uid}:${gid}` : null;
}

/** Makes a container as the attempts will have it: with an init, where the engine has one. */
async function tried(engine: Engine, plan: ContainerPlan): Promise<ContainerPlan> {
  try {
    await tryOnce(engine, plan);
    return plan;
  } catch (error) {
    if (!(error instanceof EngineFault)) throw error;
  }
  const without = { ...plan, init: false };
  try {
    await tryOnce(engine, without);
    return without;
  } catch (error) {
    if (!(error instanceof EngineFault)) throw error;
    throw environmentError(
      'container-refused',
      `${engine.program} can't make a container of ${plan.image} as attempts would have it: ${error.message}.`,
      'Nothing was run. Look at "args", "network" and "image" in [isolation].',
      error,
    );
  }
}

async function tryOnce(engine: Engine, plan: ContainerPlan): Promise<void> {
  const token = `trial-${plan.runId}`;
  const own = { token, argv: ['true'], cwd: plan.projectRoot, shared: [] } as const;
  try {
    await engine.ask(createArguments(plan, { ...own, envFile: null, envNames: [] }));
  } finally {
    await removeContainer(engine, containerName(token));
  }
}

/** An id is never used twice; where a container has it all the same, it is not what we think. */
async function clear(engine: Engine, token: string): Promise<void> {
  const name = containerName(token);
  try {
    if ((await listContainers(engine, exactly(name))).length === 0) return;
    await removeContainer(engine, name);
  } catch (error) {
    if (!(error instanceof EngineFault)) throw error;
    const words = `an earlier container of its name could not be removed: ${error.message}`;
    throw new SpawnFailure({ code: 'UNKNOWN', call: 'container', path: null }, words, error);
  }
}
