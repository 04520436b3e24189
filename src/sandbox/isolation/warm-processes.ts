import { join } from 'node:path';
import { describeFault } from '../../core/errors.ts';
import { uuidv7 } from '../../core/ids.ts';
import { LINEAGE } from '../../process/lineage.ts';
import { SpawnFailure } from '../../process/spawn-failure.ts';
import { Supervised, spawnIn } from '../../process/supervised.ts';
import type { Tier } from '../../process/tier/tier.ts';
import { ForkRefused, WarmParent, WarmParentUnfit } from '../../process/warm-parent.ts';
import type { Isolated, IsolatedStart, Isolator, WarmStart } from './isolator.ts';

/** So often a warm parent is started again that died while units were forked from it. */
const RESTARTS = 2;

/** So many are there at most: more differ in what is the attempt's own after all. */
const MOST = 4;

/** What differs between the attempts of a suite; nothing of it is read before pytest's own start. */
const OF_THE_ATTEMPT = /^(?:PINDOWN_.*|TMPDIR|TMP|TEMP)$/;

export interface WarmPorts {
  /** Where the parents' own output goes; made where one is started. */
  readonly dir: string;
  notice(level: 'info' | 'warning', code: string, message: string): void;
}

interface Warm {
  /** Null where units are better started one by one. */
  readonly parent: Promise<WarmParent | null>;
  /** How many came before it. */
  readonly restarts: number;
}

/** Ordinary processes, forked from a {@link WarmParent} where what is started allows it. */
export class WarmProcesses implements Isolator {
  readonly kind = 'process';
  readonly because = 'as an ordinary process';
  readonly engine = null;
  readonly #ports: WarmPorts;
  readonly #warm = new Map<string, Warm>();
  readonly #all: WarmParent[] = [];
  readonly #told = new Set<string>();

  constructor(ports: WarmPorts) {
    this.#ports = ports;
  }

  clear(): Promise<void> {
    return Promise.resolve();
  }

  async start({ spec, tier, token, warm }: IsolatedStart): Promise<Isolated> {
    const parent = warm === undefined ? null : await this.#parentOf(warm, spec, tier, token);
    if (warm === undefined || parent === null) return await Supervised.start(spec, tier, token);
    return await Supervised.startIn(tier.hold(token), spec, async (asked, hold) => {
      try {
        return await parent.fork({ ...asked, args: warm.args }, hold.entry());
      } catch (error) {
        if (!(error instanceof ForkRefused)) throw error;
        this.#tell('warning', 'fork-refused', `${warm.name} is started anew: ${error.message}`);
        return await spawnIn(asked, hold);
      }
    });
  }

  /** Ends the parents; all that they forked is over by now. */
  async close(graceMs: number): Promise<void> {
    for (const parent of this.#all) {
      const { leaks, fault } = await parent.close(graceMs);
      for (const { pid, command, endedBy } of leaks) {
        const left = `the process that forked units left pid ${pid} (${command}) behind; ended by ${endedBy}`;
        this.#tell('warning', 'left-behind', left);
      }
      if (fault !== null) this.#tell('warning', 'not-given-back', fault);
    }
  }

  async #parentOf(
    warm: WarmStart,
    spec: IsolatedStart['spec'],
    tier: Tier,
    token: string,
  ): Promise<WarmParent | null> {
    const env = Object.fromEntries(
      Object.entries(spec.env).filter(([name]) => !OF_THE_ATTEMPT.test(name)),
    );
    const key = JSON.stringify([warm.parent, spec.cwd, env]);
    const own = uuidv7();
    // Of the same length as the attempts' own, as a fork writes one over the other.
    const lineage = (spec.env[LINEAGE] ?? '').slice(0, -token.length) + own;
    const start = async (restarts: number): Promise<WarmParent | null> =>
      await this.#start(
        warm,
        { cwd: spec.cwd, env: { ...env, [LINEAGE]: lineage } },
        tier,
        own,
        restarts,
      );
    for (;;) {
      let known = this.#warm.get(key);
      if (known === undefined) {
        if (this.#warm.size === MOST) return null;
        known = { parent: start(0), restarts: 0 };
        this.#warm.set(key, known);
      }
      const parent = await known.parent;
      if (parent === null || parent.lost === null) return parent;
      if (this.#warm.get(key) !== known) continue;
      const restarts = known.restarts + 1;
      this.#warm.set(key, { parent: start(restarts), restarts });
    }
  }

  async #start(
    warm: WarmStart,
    place: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
    tier: Tier,
    token: string,
    restarts: number,
  ): Promise<WarmParent | null> {
    const cold = (level: 'info' | 'warning', because: string): null => {
      const message = `${warm.name} is started anew for every unit: ${because}`;
      this.#tell(level, 'started-one-by-one', message);
      return null;
    };
    if (restarts > RESTARTS) return cold('warning', `what forks them died ${restarts} times`);
    try {
      const parent = await WarmParent.start(
        {
          ...place,
          argv: warm.parent,
          dir: join(this.#ports.dir, token),
          onWithout: (because) => {
            this.#tell('info', 'not-imported', `what forks units has left plugins out: ${because}`);
          },
        },
        tier,
        token,
      );
      this.#all.push(parent);
      this.#tell('info', 'forked', `pid ${parent.pid} has ${warm.name} loaded and forks each unit`);
      return parent;
    } catch (error) {
      if (error instanceof WarmParentUnfit) return cold('info', error.message);
      if (error instanceof SpawnFailure) return cold('warning', describeFault(error));
      throw error;
    }
  }

  /** The same thing is told once in a run. */
  #tell(level: 'info' | 'warning', code: string, message: string): void {
    if (this.#told.has(message)) return;
    this.#told.add(message);
    this.#ports.notice(level, code, message);
  }
}
