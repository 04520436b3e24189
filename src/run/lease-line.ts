import type { Unit } from '../core/unit.ts';
import type { Lease, LeaseBlocked, LeaseFailed } from '../lease/lease.ts';

/** Something that units share: a name, and how many may use it at once. */
export interface Resource {
  readonly name: string;
  readonly limit: number;
}

export interface LeaseLinePorts {
  /** What a unit needs; nothing for most. */
  needs(unit: Unit): readonly Resource[];
  acquire(resource: Resource, signal: AbortSignal): Promise<Lease | LeaseBlocked | LeaseFailed>;
  /** A unit has all that it needs, and is to be run next. */
  ready(unit: Unit): void;
  /** It won't get it, and why. */
  blocked(unit: Unit, because: string): void;
  /** A lease could not be given back, or was lost while it was held. */
  fault(message: string): void;
}

interface Turn {
  readonly unit: Unit;
  readonly needs: readonly Resource[];
}

/**
 * The units that need what others use, too. They wait for it here, in the plan's order, and hold up
 * nobody: no slot is taken before all is there. What a unit needs is acquired in the order of its
 * names, so that two units that need the same can't wait for each other.
 */
export class LeaseLine {
  readonly #ports: LeaseLinePorts;
  readonly #waiting: Turn[] = [];
  /** Those that acquire, or have acquired and not yet given back, by unit id. */
  readonly #active = new Map<string, Turn>();
  readonly #held = new Map<string, readonly Lease[]>();
  readonly #abort = new AbortController();
  readonly #releasing = new Set<Promise<void>>();

  constructor(ports: LeaseLinePorts) {
    this.#ports = ports;
  }

  /** How many units wait here. */
  get size(): number {
    return (
      this.#waiting.length + [...this.#active.keys()].filter((id) => !this.#held.has(id)).length
    );
  }

  /** Takes a unit that needs something; false for one that needs nothing and is to go on at once. */
  take(unit: Unit): boolean {
    const needs = this.#ports.needs(unit);
    if (needs.length === 0) return false;
    this.#waiting.push({ unit, needs: needs.toSorted((a, b) => (a.name < b.name ? -1 : 1)) });
    return true;
  }

  /** Lets those acquire whose turn it is. */
  advance(): void {
    const waiting = this.#waiting.splice(0);
    for (const turn of waiting) {
      if (!this.#hasRoom(turn)) {
        this.#waiting.push(turn);
        continue;
      }
      this.#active.set(turn.unit.id, turn);
      void this.#acquire(turn);
    }
  }

  /** What the unit holds while it runs. */
  heldBy(unit: Unit): readonly Lease[] {
    return this.#held.get(unit.id) ?? [];
  }

  /** Gives back what it held; to be called when nothing of its attempt is there any more. */
  async release(unit: Unit): Promise<void> {
    const leases = this.#held.get(unit.id);
    if (leases === undefined) return;
    this.#held.delete(unit.id);
    this.#active.delete(unit.id);
    const releasing = this.#giveBack(leases);
    this.#releasing.add(releasing);
    await releasing;
    this.#releasing.delete(releasing);
    if (!this.#abort.signal.aborted) this.advance();
  }

  /** Settles when nothing is being given back any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#releasing);
  }

  /** The run is being stopped: nobody waits any more. Returns those that did. */
  stop(): Unit[] {
    this.#abort.abort(new Error('the run was stopped'));
    const waiting = [
      ...this.#waiting,
      ...[...this.#active.values()].filter(({ unit }) => !this.#held.has(unit.id)),
    ];
    this.#waiting.length = 0;
    for (const { unit } of waiting) this.#active.delete(unit.id);
    return waiting.map(({ unit }) => unit);
  }

  /** More than a resource has permits for can't get one: they would only wait for each other. */
  #hasRoom({ needs }: Turn): boolean {
    return needs.every(({ name, limit }) => {
      const users = [...this.#active.values()].filter((turn) =>
        turn.needs.some((need) => need.name === name),
      );
      return users.length < limit;
    });
  }

  async #acquire({ unit, needs }: Turn): Promise<void> {
    const leases: Lease[] = [];
    for (const resource of needs) {
      const came = await this.#ports.acquire(resource, this.#abort.signal);
      if (came.kind === 'acquired') {
        leases.push(came);
        continue;
      }
      await this.#giveBack(leases);
      if (this.#abort.signal.aborted) return;
      this.#active.delete(unit.id);
      this.#ports.blocked(unit, `no lease of ${resource.name}: ${came.because}${since(came)}`);
      this.advance();
      return;
    }
    if (this.#abort.signal.aborted) {
      await this.#giveBack(leases);
      return;
    }
    this.#held.set(unit.id, leases);
    this.#ports.ready(unit);
  }

  async #giveBack(leases: readonly Lease[]): Promise<void> {
    for (const lease of leases) {
      try {
        if ((await lease.release()) === 'lost') {
          this.#ports.fault(`the lease of ${lease.key} was taken away while it was held`);
        }
      } catch (error) {
        this.#ports.fault(error instanceof Error ? error.message : String(error));
      }
    }
  }
}

function since(came: LeaseBlocked | LeaseFailed): string {
  if (came.kind === 'failed' || came.oldestMs === null) return '';
  return `, the longest for ${(came.oldestMs / 1_000).toFixed(1)} s`;
}
