import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Root } from '../../src/hang/classes/hang-class.ts';
import type { Diagnosis } from '../../src/hang/diagnose.ts';
import { lookAt, treeOf } from '../../src/hang/look.ts';
import {
  type Observation,
  type ObservedProcess,
  observe,
} from '../../src/hang/observe/observation.ts';
import { sampleThread } from '../../src/hang/observe/thread-sample.ts';
import {
  hasEnded,
  isAlive,
  readProcDirectory,
  readProcStat,
  signalProcess,
} from '../../src/process/proc-stat.ts';
import { plainEnvironment } from '../plain-environment.ts';
import type { Program } from './corpus.ts';

const READY_LIMIT_MS = 20_000;
const QUIET_LIMIT_MS = 1_500;
const QUIET_STEP_MS = 60;

/** A program of the corpus that runs. */
export class Hanging {
  readonly program: Program;
  readonly child: ChildProcess;
  readonly pid: number;
  /** All that it said, on both streams. */
  said = '';

  /** Whoever was ever seen of it, by pid, with the start time: some leave tree and session. */
  readonly #met = new Map<number, number>();

  /** Its directory for temporary files. */
  readonly scratch: string;

  private constructor(program: Program, child: ChildProcess, scratch: string) {
    this.scratch = scratch;
    this.program = program;
    this.child = child;
    this.pid = child.pid ?? 0;
  }

  /**
   * Runs a program for as long as `body` takes, from where it says `ready` and stands still; ends it
   * and all that came from it, whatever happens. (Node 22 has no `await using`.)
   */
  static async during<T>(program: Program, body: (hanging: Hanging) => Promise<T>): Promise<T> {
    const hanging = await Hanging.#start(program);
    try {
      return await body(hanging);
    } finally {
      await hanging.#end();
    }
  }

  static async #start(program: Program): Promise<Hanging> {
    const { command, args } = startOf(program);
    const scratch = mkdtempSync(join(tmpdir(), 'pindown-hanging-'));
    const child = spawn(command, args, {
      // Its own group and session, by which all of it is found.
      detached: true,
      stdio: [program.stdin === 'open' ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      env: { ...plainEnvironment, ...askable(program), TMPDIR: scratch },
    });
    const hanging = new Hanging(program, child, scratch);
    try {
      await hanging.#untilReady();
      // What is slow and does not hang is looked at in the middle of it.
      if (program.progresses === null) await hanging.#untilQuiet();
    } catch (error) {
      await hanging.#end();
      throw error;
    }
    return hanging;
  }

  /** The tree, the program first, and the orphans that it left in its session. */
  readonly members = (): number[] => {
    const found = [...new Set([...treeOf(this.pid)(), ...sessionOf(this.pid)])];
    return found.filter((pid) => {
      const stat = readProcStat(pid);
      if (stat !== null) this.#met.set(pid, stat.startTime);
      return stat !== null;
    });
  };

  /** What is seen of it, and of the program itself among that. */
  async observed(windowMs: number = 0): Promise<{ seen: Observation; process: ObservedProcess }> {
    const seen = await observe(this.members, windowMs);
    const process = seen.processes.get(this.pid);
    if (process === undefined) throw new Error(`${this.program.name} is gone`);
    return { seen, process };
  }

  look(): Promise<Diagnosis> {
    return lookAt(this.members, this.program.allowed);
  }

  async #end(): Promise<void> {
    const { child } = this;
    const hasExited = child.exitCode !== null || child.signalCode !== null;
    const exit = hasExited ? null : once(child, 'exit');
    for (let round = 0; round < 20; round += 1) {
      this.members();
      const left = [...this.#met].filter(([pid, startTime]) => isAlive(pid, startTime));
      if (left.length === 0) break;
      for (const [pid] of left) signalProcess(pid, 'SIGKILL');
      await wait(10);
    }
    await exit;
    for (const stream of child.stdio) stream?.destroy();
    rmSync(this.scratch, { recursive: true, force: true });
  }

  async #untilReady(): Promise<void> {
    const { child, program } = this;
    const { promise, resolve } = Promise.withResolvers<void>();
    for (const stream of [child.stderr, program.stdout === 'read' ? child.stdout : null]) {
      // Of each stream by itself: what both say comes in any order, in the middle of lines.
      let own = '';
      stream?.setEncoding('utf8').on('data', (text: string) => {
        own += text;
        this.said += text;
        if (/^ready$/m.test(own)) resolve();
      });
    }
    const exited = once(child, 'exit').then(() => 'ended');
    const late = once(AbortSignal.timeout(READY_LIMIT_MS), 'abort').then(
      () => 'was not ready in time',
    );
    const failed = await Promise.race([promise, exited, late]);
    if (failed !== undefined) throw new Error(`${program.name} ${failed}, and said: ${this.said}`);
  }

  /** Until nobody comes, goes or moves from one call to another; one that never rests is taken as it is. */
  async #untilQuiet(): Promise<void> {
    const until = performance.now() + QUIET_LIMIT_MS;
    for (let before = '', same = 0; same < 2 && performance.now() < until;) {
      await wait(QUIET_STEP_MS);
      const now = this.members().flatMap(stateOf).join(';');
      same = now === before ? same + 1 : 0;
      before = now;
    }
  }
}

/** Whether a root is the one that the program states. */
export function isStatedRoot({ program, pid }: Hanging, root: Root | undefined): boolean {
  const stated = program.root;
  if (stated === null) return true;
  if (root === undefined) return false;
  const isTop = root.pid === pid;
  return (
    (stated.who === 'any' || (stated.who === 'top') === isTop) &&
    (stated.fd === null || root.fd === stated.fd) &&
    (stated.place === null || (root.place ?? '').includes(stated.place))
  );
}

/** Why a program can't run on this machine, for `skip`; false where it can. */
export function unavailable({ path, least }: Pick<Program, 'path' | 'least'>): string | false {
  if (process.platform !== 'linux') return 'there is no /proc';
  const language = LANGUAGES[extname(path)];
  if (language === undefined) return `nobody knows how to start ${basename(path)}`;
  if (!language.found()) return `${language.needs} is not installed`;
  if (least === null || isAtLeast(versionOf(language.needs), least)) return false;
  return `${language.needs} is older than ${least}`;
}

function versionOf(name: string): string {
  const said = execFileSync(locate(name) ?? name, ['--version'], { encoding: 'utf8' });
  return /\d+(?:\.\d+)+/.exec(said)?.[0] ?? '0';
}

function isAtLeast(version: string, least: string): boolean {
  return version.localeCompare(least, 'en', { numeric: true }) >= 0;
}

/** Several are asked at once, each on a port of its own. */
function askable({ allowed }: Program): NodeJS.ProcessEnv {
  return allowed.includes('starts-inspector') ? { NODE_OPTIONS: '--inspect-port=0' } : {};
}

interface Language {
  readonly needs: string;
  found(): boolean;
  start(path: string): { readonly command: string; readonly args: readonly string[] };
}

const LANGUAGES: Readonly<Record<string, Language>> = {
  '.js': interpreted('node', process.execPath),
  '.mjs': interpreted('node', process.execPath),
  '.py': interpreted('python3', null),
  '.sh': interpreted('bash', null),
  '.c': compiled('gcc', (source, program) => ['-O0', '-g', '-pthread', '-o', program, source]),
  '.cpp': compiled('g++', (source, program) => [
    '-std=c++20',
    '-O0',
    '-g',
    '-pthread',
    '-o',
    program,
    source,
  ]),
  '.rs': compiled('rustc', (source, program) => ['-g', '-o', program, source]),
  '.go': compiled('go', (source, program) => ['build', '-o', program, source]),
  '.java': interpreted('java', null),
};

function startOf({ path }: Program): { command: string; args: string[] } {
  const { command, args } = LANGUAGES[extname(path)]?.start(path) ?? { command: path, args: [] };
  return { command, args: [...args] };
}

function interpreted(needs: string, known: string | null): Language {
  return {
    needs,
    found: () => known !== null || locate(needs) !== null,
    start: (path) => ({ command: known ?? locate(needs) ?? needs, args: [path] }),
  };
}

function compiled(needs: string, argsFor: (source: string, program: string) => string[]): Language {
  return {
    needs,
    found: () => locate(needs) !== null,
    start: (path) => {
      // Of two directories, two programs of one name may be built at once.
      const name = `${basename(dirname(path))}-${basename(path)}`;
      const program = join(builtIn(), name.replaceAll('.', '-'));
      execFileSync(locate(needs) ?? needs, argsFor(path, program), {
        env: plainEnvironment,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      return { command: program, args: [] };
    },
  };
}

const located = new Map<string, string | null>();

/** The program itself, not a shim that starts it: the pid that we know must be its own. */
function locate(name: string): string | null {
  const known = located.get(name);
  if (known !== undefined) return known;
  const ask =
    name === 'python3' ? `python3 -c 'import sys; print(sys.executable)'` : `command -v ${name}`;
  const answer = execFileSync('sh', ['-c', `${ask} 2>/dev/null || true`], { encoding: 'utf8' });
  const path = answer.trim() === '' ? null : answer.trim();
  located.set(name, path);
  return path;
}

let built: string | null = null;

function builtIn(): string {
  if (built === null) {
    const dir = mkdtempSync(join(tmpdir(), 'pindown-hangs-'));
    process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
    built = dir;
  }
  return built;
}

function sessionOf(leader: number): number[] {
  return readProcDirectory('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && readProcStat(pid)?.session === leader);
}

function stateOf(pid: number): string[] {
  const stat = readProcStat(pid);
  if (stat === null || hasEnded(stat)) return [`${pid} ended`];
  return readProcDirectory(`/proc/${pid}/task`).map((tid) => {
    const thread = sampleThread(pid, Number(tid));
    return `${tid} ${thread?.syscall?.number} ${thread?.syscall?.args.join(',')}`;
  });
}
