import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Look } from '../../../src/outcome/rules/rule.ts';
import { MemoryKills, type Visit } from '../../../src/process/memory-kills.ts';
import { filePresent } from '../../../src/retry/file-present.ts';
import type { Timekeeper } from '../../../src/retry/timekeeper.ts';
import { type FaultLook, FaultLooks } from '../../../src/run/fault-looks.ts';
import { infraFailureFile } from '../../../src/sandbox/infra-failures.ts';
import { PlanStamp } from '../../../src/sandbox/plan-stamp.ts';
import { type FileState, type World, textOf } from './family.ts';

interface Where {
  readonly project: string;
  readonly scratch: string;
  readonly evidence: string;
  /** The unit's file; null where it has none. */
  readonly file: string | null;
}

const FIRST_HEAD = '1111111111111111111111111111111111111111';
const OTHER_HEAD = '2222222222222222222222222222222222222222';

/** No wait takes any time. */
const instant: Timekeeper = {
  now: () => 0,
  wait: () => Promise.resolve(),
  waitSync: () => undefined,
};

/**
 * The files that the rules look at, as a case says that they are: made when the run is planned,
 * changed as the attempt begins, and looked at by the looks of a real run.
 */
export class WorldOfCase {
  readonly look: Look;
  readonly #world: World;
  readonly #where: Where;
  readonly #faults: FaultLook;
  readonly #memory: MemoryKills;
  #looks = 0;

  constructor(world: World, where: Where) {
    this.#world = world;
    this.#where = where;
    this.#checkOut();
    this.#plan();
    const files = where.file === null ? [] : [where.file];
    this.#count(0);
    this.#memory = new MemoryKills([this.#counter]);
    const stamp = PlanStamp.take(where.project, files);
    const other = this.#otherBefore();
    this.#faults = new FaultLooks(stamp, this.#memory).enter();
    if (world.memory.beside === 'later') this.#memory.enter();
    if (world.memory.beside === 'from-its-start') other?.leave();
    this.look = {
      ...this.#faults,
      presence: (path) =>
        filePresent(path, { timekeeper: instant, stat: (looked) => this.#stat(looked) }),
      writers: () => world.writers,
    };
  }

  /** What happens between the plan and the end of the attempt. */
  change(): void {
    const { project, evidence, scratch } = this.#where;
    const git = join(project, '.git');
    switch (this.#world.checkout) {
      case 'same':
      case 'none':
        break;
      case 'moved':
        writeFileSync(join(git, 'HEAD'), `${OTHER_HEAD}\n`);
        break;
      case 'branch':
        writeFileSync(join(git, 'refs/heads/main'), `${OTHER_HEAD}\n`);
        break;
      case 'reflog-written':
        writeFileSync(join(git, 'logs/HEAD'), `${FIRST_HEAD} ${OTHER_HEAD} and back\n`);
        break;
    }
    this.#lay(this.#world.file[0] ?? 'there');
    declare(evidence, this.#world.declared);
    declare(join(scratch, 'another attempt'), this.#world.declaredElsewhere);
  }

  /** The attempt's processes are gone. */
  end(): void {
    this.#count(1);
    this.#faults.ended();
  }

  get #counter(): string {
    return join(this.#where.scratch, 'memory.events');
  }

  get #away(): string {
    return join(this.#where.scratch, 'away');
  }

  #otherBefore(): Visit | null {
    const { beside } = this.#world.memory;
    if (beside !== 'from-its-start' && beside !== 'over-by-then') return null;
    const other = this.#memory.enter();
    if (beside === 'over-by-then') other.leave();
    return other;
  }

  #checkOut(): void {
    if (this.#world.checkout === 'none') return;
    const git = join(this.#where.project, '.git');
    for (const dir of ['logs', 'refs/heads']) mkdirSync(join(git, dir), { recursive: true });
    const onBranch = this.#world.checkout === 'branch';
    writeFileSync(join(git, 'HEAD'), onBranch ? 'ref: refs/heads/main\n' : `${FIRST_HEAD}\n`);
    writeFileSync(join(git, 'refs/heads/main'), `${FIRST_HEAD}\n`);
    writeFileSync(join(git, 'logs/HEAD'), `${FIRST_HEAD} first\n`);
  }

  #plan(): void {
    const { file } = this.#where;
    if (file === null) return;
    mkdirSync(dirname(file), { recursive: true });
    if (!this.#world.planned) rmSync(file, { force: true });
    else if (!existsSync(file)) writeFileSync(file, 'the unit\n');
  }

  #count(when: 0 | 1): void {
    const { counter } = this.#world.memory;
    if (counter !== null) writeFileSync(this.#counter, `oom 0\noom_kill ${counter[when]}\n`);
  }

  async #stat(path: string): Promise<unknown> {
    const state = this.#world.file[Math.min(this.#looks, this.#world.file.length - 1)] ?? 'there';
    this.#looks += 1;
    this.#lay(state);
    if (state === 'there' || state === 'gone' || state === 'replaced') return await stat(path);
    const syscall = 'stat';
    throw Object.assign(new Error(`${state}: ${syscall} '${path}'`), { code: state, syscall });
  }

  /** Brings the unit's file into a state; away it keeps its inode. */
  #lay(state: FileState): void {
    const { file } = this.#where;
    if (file === null) return;
    if (state === 'there') {
      if (existsSync(this.#away)) renameSync(this.#away, file);
      return;
    }
    if (existsSync(file) && !existsSync(this.#away)) renameSync(file, this.#away);
    if (state === 'replaced' && !existsSync(file)) writeFileSync(file, 'another\n');
  }
}

function declare(attemptDir: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  mkdirSync(attemptDir, { recursive: true });
  writeFileSync(infraFailureFile(attemptDir), textOf(lines));
}
