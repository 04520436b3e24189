import type { Look } from '../outcome/rules/rule.ts';
import { type KillsMeanwhile, MemoryKills } from '../process/memory-kills.ts';
import { writersOf } from '../process/writers.ts';
import { filePresent } from '../retry/file-present.ts';
import type { PlanStamp } from '../sandbox/plan-stamp.ts';

/** What the rules may look at, for one process, from its start to after its end. */
export interface FaultLook extends Look {
  /** Its processes have ended; what the kernel counts from now on is not theirs. */
  ended(): void;
}

/** Makes the rules' further observations for the attempts of a run. */
export class FaultLooks {
  readonly #stamp: PlanStamp;
  readonly #memory: MemoryKills;

  constructor(stamp: PlanStamp, memory: MemoryKills = new MemoryKills()) {
    this.#stamp = stamp;
    this.#memory = memory;
  }

  /** To be asked for before the process is started. */
  enter(): FaultLook {
    const visit = this.#memory.enter();
    let kills: KillsMeanwhile | null = null;
    const ended = (): KillsMeanwhile => (kills ??= visit.leave());
    return {
      ended,
      presence: filePresent,
      sincePlan: (path) => this.#stamp.since(path),
      memoryKills: ended,
      writers: writersOf,
    };
  }
}
