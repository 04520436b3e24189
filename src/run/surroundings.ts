import { homedir, tmpdir } from 'node:os';
import type { Tier as TierName } from '../core/run.ts';
import { endHold } from '../process/end-hold.ts';
import { chooseTier } from '../process/tier/choose-tier.ts';
import type { Tier } from '../process/tier/tier.ts';
import type { Isolator } from '../sandbox/isolation/isolator.ts';
import type { IsolationOptions } from '../sandbox/isolation/open-isolator.ts';
import { WarmProcesses, type WarmPorts } from '../sandbox/isolation/warm-processes.ts';
import { PlanStamp } from '../sandbox/plan-stamp.ts';
import { PortRanges } from '../sandbox/port-ranges.ts';
import { PortsWire } from '../sandbox/tripwires/ports-wire.ts';
import { RootsWire } from '../sandbox/tripwires/roots-wire.ts';
import { TreeState } from '../sandbox/tripwires/tree-state.ts';
import { TreeWire } from '../sandbox/tripwires/tree-wire.ts';
import { type TripPorts, Tripwires } from '../sandbox/tripwires/tripwires.ts';
import { WorldsWire } from '../sandbox/tripwires/worlds-wire.ts';
import { type WorldOptions, Worlds } from '../sandbox/world.ts';
import { FaultLooks } from './fault-looks.ts';
import type { Holder } from './holder.ts';
import { leftNotice, type Notice, notGivenBack } from './notice.ts';

export interface Isolation extends WorldOptions, IsolationOptions {
  /** The strongest tier that is to be tried. */
  readonly tier: TierName;
  readonly tripwires: boolean;
}

interface WatchedProject {
  readonly projectRoot: string;
  readonly env: Readonly<Record<string, string>>;
  readonly isolation: Isolation;
  /** The planned units' files, absolute. */
  readonly files: Iterable<string>;
}

/** What a run takes from the machine for its attempts, and gives back at its end. */
export class Surroundings {
  readonly #isolator: Isolator;
  #warm: WarmProcesses | null = null;
  readonly tier: Tier;
  readonly worlds: Worlds;
  #tripwires: Tripwires = Tripwires.none();
  #faults: FaultLooks | null = null;

  private constructor(isolator: Isolator, tier: Tier, worlds: Worlds) {
    this.#isolator = isolator;
    this.tier = tier;
    this.worlds = worlds;
  }

  get isolator(): Isolator {
    return this.#warm ?? this.#isolator;
  }

  get tripwires(): Pick<Tripwires, 'enter' | 'leave'> {
    return this.#tripwires;
  }

  /** What the rules for another attempt may look at; once {@link watch} has been called. */
  get faults(): FaultLooks {
    if (this.#faults === null) throw new Error('the surroundings are not watched yet');
    return this.#faults;
  }

  /** Takes what the holder, which is written down by now, says that it will. */
  static async open(
    { runId, worlds: place }: Holder,
    workers: number,
    isolation: Isolation,
    isolator: Isolator,
  ): Promise<Surroundings> {
    const ports = await PortRanges.reserve(workers);
    const tier = chooseTier(runId, isolation.tier);
    const worlds = Worlds.open(runId, isolation, ports, place?.root);
    return new Surroundings(isolator, tier, worlds);
  }

  /** From now on what is an ordinary process may be forked from one that is warm. */
  warmUp(ports: WarmPorts): void {
    if (this.#isolator.kind === 'process') this.#warm = new WarmProcesses(ports);
  }

  /** Begins to notice what changes around the suite; what listing and building did is before it. */
  watch({ projectRoot, env, isolation, files }: WatchedProject, ports: TripPorts): void {
    this.#faults = new FaultLooks(PlanStamp.take(projectRoot, files));
    if (!isolation.tripwires) return;
    const state = TreeState.read(projectRoot, env);
    const { root } = this.worlds;
    const isLive = (name: string): boolean => this.worlds.isLive(name);
    this.#tripwires = new Tripwires(
      [
        ...(state === null ? [] : [new TreeWire(state)]),
        ...(root === null ? [] : [new WorldsWire({ root, isLive })]),
        new PortsWire(),
        new RootsWire([tmpdir(), homedir()]),
      ],
      ports,
    );
  }

  /**
   * The last look, and the end of holding: nothing of the run may be there any more.
   *
   * @param graceMs what is there all the same has so long between SIGTERM and SIGKILL
   */
  async close(graceMs: number): Promise<Notice[]> {
    const notices: Notice[] = [];
    await this.#warm?.close(graceMs);
    await this.#tripwires.close();
    for (const message of this.#tripwires.faults) {
      notices.push({ level: 'warning', code: 'not-watched', message });
    }
    const until = performance.now() + graceMs;
    const kill = AbortSignal.timeout(graceMs);
    for (const left of await endHold(this.tier.remains(), () => until, kill)) {
      notices.push(leftNotice('left-behind', left, 'all attempts had been settled'));
    }
    for (const fault of [this.tier.close(), this.worlds.close()]) {
      if (fault !== null) notices.push(notGivenBack(fault));
    }
    return notices;
  }
}
