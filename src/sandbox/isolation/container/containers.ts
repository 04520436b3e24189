import * as v from 'valibot';
import { type Engine, EngineFault } from './engine.ts';

/** By which a container is known as an attempt's, and whose. */
export const RUN_LABEL = 'pindown.run';
export const OWNER_LABEL = 'pindown.owner';
export const PROJECT_LABEL = 'pindown.project';

/** The name of an attempt's container. */
export function containerName(token: string): string {
  return `pindown-${token}`;
}

/** What the engine says of a container's first process. */
export interface ContainerState {
  readonly Running: boolean;
  /** On this machine; 0 where it does not run, or not here. */
  readonly Pid: number;
  /** podman's monitor of the container. */
  readonly ConmonPid?: number | undefined;
  readonly ExitCode: number;
  readonly OOMKilled: boolean;
  readonly Error?: string | undefined;
  readonly StartedAt: string;
}

const State: v.GenericSchema<unknown, ContainerState> = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    Running: v.boolean(),
    Pid: v.number(),
    ConmonPid: v.optional(v.number()),
    ExitCode: v.number(),
    OOMKilled: v.boolean(),
    Error: v.optional(v.string()),
    StartedAt: v.string(),
  }),
);

/** @throws EngineFault, where there is no such container, too */
export async function stateOf(engine: Engine, name: string): Promise<ContainerState> {
  const text = await engine.ask(['container', 'inspect', '--format', '{{json .State}}', name]);
  const parsed = v.safeParse(State, text);
  if (parsed.success) return parsed.output;
  throw new EngineFault(`it described ${name} in a way that is not known: ${text}`);
}

/** Both engines say of what never ran that it was started in the year 1. */
export function wasStarted({ StartedAt }: Pick<ContainerState, 'StartedAt'>): boolean {
  return !StartedAt.startsWith('0001-');
}

/** The ids of the containers that a filter of `ps` lets through, the stopped ones included. */
export async function listContainers(engine: Engine, filter: string): Promise<readonly string[]> {
  const text = await engine.ask(['ps', '--all', '--quiet', '--no-trunc', '--filter', filter]);
  return text.split('\n').filter((id) => id !== '');
}

const Labels = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.string()));

/** The labels of a container; none where they can't be read, as of one that has just gone. */
export async function labelsOf(
  engine: Engine,
  id: string,
): Promise<Readonly<Record<string, string>>> {
  const format = '{{json .Config.Labels}}';
  const { stdout } = await engine.call(['container', 'inspect', '--format', format, id]);
  const parsed = v.safeParse(Labels, stdout);
  return parsed.success ? parsed.output : {};
}

/**
 * Removes a container, which ends what is in it, and looks whether it is gone.
 *
 * @param filter by which it alone is listed, see {@link exactly}
 * @throws EngineFault where it is still there
 */
export async function removeContainer(
  engine: Engine,
  container: string,
  filter: string = exactly(container),
): Promise<void> {
  const { words } = await engine.call(['rm', '--force', '--volumes', container]);
  if ((await listContainers(engine, filter)).length === 0) return;
  throw new EngineFault(`the container ${container} could not be removed: ${words}`);
}

/** The filter for one container by its name, which matches any part of one otherwise. */
export function exactly(name: string): string {
  return `name=^${name}$`;
}
