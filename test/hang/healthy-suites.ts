import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { treeOf } from '../../src/hang/look.ts';
import {
  isAlive,
  readProcDirectory,
  readProcStat,
  signalProcess,
} from '../../src/process/proc-stat.ts';
import { plainEnvironment } from '../plain-environment.ts';

/** A suite that is healthy: it may be slow, and it comes to its end. */
export interface HealthySuite {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
}

const FIXTURES = join(import.meta.dirname, '../fixtures/healthy');

/** Of the standard library's own tests, those that wait for each other in the most ways. */
const MODULES = ['test_queue', 'test_socket', 'test_subprocess', 'test_thread', 'test_threading'];

function fixture(name: string): string {
  return join(FIXTURES, name);
}

/** Those for which this machine has what they need. */
export function healthySuites(): HealthySuite[] {
  const python = pythonWith();
  return [
    { name: 'node:test', argv: [process.execPath, '--test', fixture('node-suite.mjs')] },
    { name: 'a shell', argv: ['bash', fixture('shell.sh')] },
    ...(has('g++') ? [suite('gcc and g++', 'bash', fixture('compile.sh'))] : []),
    ...(has('go') ? [suite('go build', 'bash', fixture('go-build.sh'))] : []),
    ...(python === null
      ? []
      : [
          suite('a server and its clients', python.program, fixture('server-and-clients.py')),
          suite('concurrency in Python', python.program, fixture('concurrency.py')),
          ...python.modules.map((name) =>
            suite(name, python.program, '-m', 'unittest', '-q', `test.${name}`),
          ),
        ]),
  ];
}

function suite(name: string, program: string, ...args: string[]): HealthySuite {
  return { name, argv: [program, ...args] };
}

function has(program: string): boolean {
  return ask(`command -v ${program}`) !== '';
}

const FIND = `import importlib.util, sys
print(sys.executable, *[n for n in sys.argv[1:] if importlib.util.find_spec('test.' + n)])`;

function pythonWith(): { readonly program: string; readonly modules: readonly string[] } | null {
  const [program, ...modules] = ask(`python3 -c "${FIND}" ${MODULES.join(' ')}`).split(' ');
  return program === undefined || program === '' ? null : { program, modules };
}

function ask(command: string): string {
  const script = `${command} 2>/dev/null || true`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8', env: plainEnvironment }).trim();
}

/** A suite that runs, again and again until it is ended. */
export class RunningSuite {
  readonly suite: HealthySuite;
  readonly #scratch: string;
  /** Whoever was ever seen of it, by pid, with the start time. */
  readonly #met = new Map<number, number>();
  #child: ChildProcess | null = null;
  #ended = false;
  /** How often it came to its end, and with which statuses. */
  readonly statuses: (number | null)[] = [];

  constructor(healthy: HealthySuite) {
    this.suite = healthy;
    this.#scratch = mkdtempSync(join(tmpdir(), 'pindown-healthy-'));
    this.#next();
  }

  /** Its tree as it is now; nobody between two runs. */
  readonly members = (): readonly number[] => {
    const pid = this.#child?.pid;
    if (pid === undefined) return [];
    const found = treeOf(pid)();
    for (const member of found) {
      const stat = readProcStat(member);
      if (stat !== null) this.#met.set(member, stat.startTime);
    }
    return found;
  };

  #next(): void {
    const [program, ...args] = this.suite.argv;
    const child = spawn(program, args, {
      detached: true,
      stdio: 'ignore',
      cwd: this.#scratch,
      env: { ...plainEnvironment, TMPDIR: this.#scratch },
    });
    this.#child = child;
    child.once('exit', (status) => {
      this.statuses.push(status);
      if (!this.#ended) this.#next();
    });
  }

  /** Ends all of it that ever was seen, and what is left of its session. */
  async end(): Promise<void> {
    this.#ended = true;
    const child = this.#child;
    const isOver = child === null || child.exitCode !== null || child.signalCode !== null;
    const exit = isOver ? null : once(child, 'exit');
    for (let round = 0; round < 50; round += 1) {
      this.members();
      for (const pid of sessionOf(child?.pid)) {
        const stat = readProcStat(pid);
        if (stat !== null) this.#met.set(pid, stat.startTime);
      }
      const left = [...this.#met].filter(([pid, startTime]) => isAlive(pid, startTime));
      if (left.length === 0) break;
      for (const [pid] of left) signalProcess(pid, 'SIGKILL');
      await wait(10);
    }
    await exit;
    rmSync(this.#scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

function sessionOf(leader: number | undefined): number[] {
  return readProcDirectory('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && readProcStat(pid)?.session === leader);
}
