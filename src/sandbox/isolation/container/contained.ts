import type { Ending } from '../../../core/ending.ts';
import { OVER } from '../../../core/over.ts';
import { Grace } from '../../../process/grace.ts';
import type { Member } from '../../../process/member.ts';
import { pause } from '../../../process/pause.ts';
import { membersOfPidNamespace, pidNamespaceOf } from '../../../process/pid-namespace.ts';
import { isAlive, signalProcess } from '../../../process/proc-stat.ts';
import type { Child } from '../../../process/spawn.ts';
import type { SpawnFailure } from '../../../process/spawn-failure.ts';
import type { Isolated, Settled } from '../isolator.ts';
import { containerEnding, refusedByInit } from './container-ending.ts';
import { type ContainerState, removeContainer, stateOf } from './containers.ts';
import { type Engine, EngineFault } from './engine.ts';
import { refusedStart } from './refused-start.ts';

/** A client whose container is over has this long to write what it still holds, milliseconds. */
const CLIENT_GRACE_MS = 10_000;

/** podman's monitor cleans up after the container has gone; so long is waited, milliseconds. */
const MONITOR_WAIT_MS = 5_000;
const LOOK_EVERY_MS = 5;

/** A container that was started, and the client that brings its output. */
export interface StartedContainer {
  readonly engine: Engine;
  readonly name: string;
  readonly image: string;
  readonly program: string;
  readonly client: Child;
  /** As it was first seen. */
  readonly state: ContainerState;
  readonly stderrFile: string;
}

/** An attempt's process in a container. It is ended, asked about and removed by name. */
export class Contained implements Isolated {
  readonly pid: number;
  readonly startTime: number | null;
  readonly ended: Promise<Ending>;
  readonly #container: StartedContainer;
  /** The pid namespace of its processes, where they are on this machine and in one of their own. */
  readonly #namespace: string | null;
  readonly #over = new AbortController();
  readonly #grace = new Grace(this.#over.signal);
  /** Why it was given up: it runs on, whatever it was sent. */
  #unending: string | null = null;
  #fault: string | null = null;
  #refused: SpawnFailure | null = null;

  constructor(container: StartedContainer) {
    const { client, state } = container;
    this.#container = container;
    this.pid = client.pid;
    this.startTime = client.startTime;
    const namespace = state.Pid > 0 ? pidNamespaceOf(state.Pid) : null;
    this.#namespace = namespace === pidNamespaceOf('self') ? null : namespace;
    this.ended = this.#end();
  }

  end(graceMs: number): void {
    if (!this.#grace.limit(graceMs)) return;
    void this.#signal('TERM');
    void this.#killWhenDue();
  }

  killNow(): void {
    this.#grace.cutShort();
    this.end(0);
  }

  members(): Promise<readonly Member[]> {
    return Promise.resolve(this.#namespace === null ? [] : membersOfPidNamespace(this.#namespace));
  }

  /** Nothing can be left of it: the kernel kills all that is in a container with its first process. */
  async settle(): Promise<Settled> {
    await this.ended;
    const { engine, name, state } = this.#container;
    const monitor = state.ConmonPid ?? 0;
    try {
      await removeContainer(engine, name);
    } catch (error) {
      if (!(error instanceof EngineFault)) throw error;
      this.#fault ??= error.message;
    }
    if (monitor > 0) await goneOf(monitor);
    const settled = { leaks: [], fault: this.#fault };
    return this.#refused === null ? settled : { ...settled, refused: this.#refused };
  }

  /** Its end by the engine's record; where that can't be had, by the client's own. */
  async #end(): Promise<Ending> {
    const { engine, name, client, image, program, stderrFile } = this.#container;
    const attached = await client.ended;
    try {
      let state = await stateOf(engine, name);
      while (state.Running) {
        if (this.#unending !== null) throw new EngineFault(this.#unending);
        // The client went before the container did: somebody ended it.
        await engine.call(['wait', name]);
        state = await stateOf(engine, name);
      }
      const ending = containerEnding(state);
      const words = refusedByInit(ending, stderrFile);
      if (words !== null) this.#refused = refusedStart(image, program, words);
      return ending;
    } catch (error) {
      if (!(error instanceof EngineFault)) throw error;
      this.#fault = `the exit status of the container ${name} could not be read: ${error.message}`;
      this.#refused = refusedStart(image, program, this.#fault, error);
      return attached;
    } finally {
      this.#over.abort(OVER);
    }
  }

  /** What the engine says to it; where it refuses, the container may just have ended. */
  async #signal(signal: 'TERM' | 'KILL'): Promise<string> {
    const { engine, name } = this.#container;
    return (await engine.call(['kill', '--signal', signal, name])).words;
  }

  async #killWhenDue(): Promise<void> {
    if (!(await this.#grace.isExceeded())) return;
    const words = await this.#signal('KILL');
    await pause(CLIENT_GRACE_MS, this.#over.signal);
    if (this.#over.signal.aborted) return;
    this.#unending = `it was sent SIGKILL and still runs${words === '' ? '' : `: ${words}`}`;
    signalProcess(-this.pid, 'SIGKILL');
  }
}

async function goneOf(pid: number): Promise<void> {
  const until = performance.now() + MONITOR_WAIT_MS;
  while (isAlive(pid, null) && performance.now() < until) await pause(LOOK_EVERY_MS);
}
