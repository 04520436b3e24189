import { join } from 'node:path';
import { ownGroupPaths } from './own-group-paths.ts';
import { readProcFile } from './proc-stat.ts';

/** What the kernel counted while somebody was there. */
export interface KillsMeanwhile {
  /** Null where there is no counter. */
  readonly counted: number | null;
  /** Whether nobody else was there at any moment of it. */
  readonly alone: boolean;
  /** The counter's file, for people; why there is none. */
  readonly counter: string;
}

/** Somebody whose processes the kernel may kill. */
export interface Visit {
  /** To be asked once its processes have ended. */
  leave(): KillsMeanwhile;
}

/**
 * How often the kernel has killed for memory in the control group that this process is in. Its
 * children are in it, too, unless they are moved to one below it: `memory.events` of version 2
 * counts those as well (cgroup-v2.rst), `memory.oom_control` of version 1 has a hierarchy of its
 * own.
 */
export class MemoryKills {
  readonly #file: string | null;
  readonly #here = new Set<{ alone: boolean }>();

  /** @param files that may hold the counter; the first that does is read */
  constructor(files: readonly string[] = counterFiles()) {
    this.#file = files.find((file) => countIn(file) !== null) ?? null;
  }

  enter(): Visit {
    const visitor = { alone: this.#here.size === 0 };
    for (const other of this.#here) other.alone = false;
    this.#here.add(visitor);
    const file = this.#file;
    const before = file === null ? null : countIn(file);
    return {
      leave: () => {
        this.#here.delete(visitor);
        const after = file === null ? null : countIn(file);
        return {
          counted: before === null || after === null ? null : after - before,
          alone: visitor.alone,
          counter: file === null ? 'no control group of its own for memory' : `oom_kill of ${file}`,
        };
      },
    };
  }
}

function counterFiles(): string[] {
  return ownGroupPaths('memory').map(({ path, version }) =>
    join(path, version === 2 ? 'memory.events' : 'memory.oom_control'),
  );
}

function countIn(file: string): number | null {
  const found = /^oom_kill (\d+)$/m.exec(readProcFile(file) ?? '')?.[1];
  return found === undefined ? null : Number(found);
}
