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

/** A container of an attempt, as a list of them shows it. */
export interface Listed {
  readonly id: string;
  readonly name: string;
  readonly runId: string;
  /** Which Pindown made it, as its run's {@link OWNER_LABEL} said. */
  readonly owner: string;
}

const FIELDS = `{{.ID}} {{.Names}} {{.Label "${RUN_LABEL}"}} {{.Label "${OWNER_LABEL}"}}`;

/** The containers that a filter of `ps` lets through, the stopped ones included. */
export async function listContainers(engine: Engine, filter: string): Promise<readonly Listed[]> {
  const text = await engine.ask(
    ['ps', '--all', '--no-trunc'].concat('--filter', filter, '--format', FIELDS),
  );
  return text.split('\n').flatMap((line) => {
    const [id = '', name = '', runId = '', owner = ''] = line.split(' ');
    return id === '' ? [] : [{ id, name, runId, owner }];
  });
}

/**
 * Removes a container, which ends what is in it, and looks whether it is gone.
 *
 * @throws EngineFault where it is still there
 */
export async function removeContainer(engine: Engine, name: string): Promise<void> {
  const { words } = await engine.call(['rm', '--force', '--volumes', name]);
  if ((await listContainers(engine, exactly(name))).length === 0) return;
  throw new EngineFault(`the container ${name} could not be removed: ${words}`);
}

/** The filter for one container by its name, which matches any part of one otherwise. */
export function exactly(name: string): string {
  return `name=^${name}$`;
}
