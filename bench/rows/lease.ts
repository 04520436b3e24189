import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Bench, BenchContext, BenchRow } from '../row.ts';
import { spreadOf, spreadOfPairs } from '../statistics.ts';

export type LeaseWay =
  | 'kernel'
  | 'files'
  | 'proper-lockfile'
  | 'proper-lockfile, its own pace'
  | 'flock';

const NAMES: Readonly<Record<LeaseWay, string>> = {
  kernel: 'acquireLease, kernel',
  files: 'acquireLease, files',
  'proper-lockfile': 'proper-lockfile, tuned',
  'proper-lockfile, its own pace': 'proper-lockfile, its own pace',
  flock: 'flock FILE true',
};
const WAYS = ['kernel', 'files', 'proper-lockfile', 'flock'] as const;
/** Each of the contenders has so many turns, and is done. */
const TURNS_EACH = 50;
const WAYS_OF_WORK = ['kernel', 'proper-lockfile', 'proper-lockfile, its own pace'] as const;
const CONTENDERS = [1, 2, 8, 32] as const;
const RUN_MS = 1000;
const ROUNDS = 5;
/** How many times as often as proper-lockfile, with so many contenders. */
const GOAL = { contenders: 8, times: 10 } as const;
const WORKER = join(import.meta.dirname, '..', 'lease-worker.ts');

type Worker = ChildProcessByStdio<Writable, Readable, null>;

/** One permit, and what it costs to hand it around. */
export const leaseBench: Bench = {
  name: 'lease',
  title: 'Leases: one permit, and those who want it',
  async run(context) {
    const rounds = context.rounds(ROUNDS);
    const rows: BenchRow[] = [];
    for (const contenders of CONTENDERS) {
      const rates = await ratesOf(context, contenders, rounds);
      rows.push(...(contenders === 1 ? alone(rates) : contended(rates, contenders)));
    }
    rows.push(...(await workRows(context, rounds)));
    for (const way of ['kernel', 'files', 'proper-lockfile'] as const) {
      const took: number[] = [];
      for (let round = 0; round < rounds; round += 1) took.push(await handOver(context, way));
      const goal = way === 'kernel' ? 50 : null;
      rows.push({
        name: `hand-over after kill -9: ${NAMES[way]}`,
        ...spreadOf(took),
        goal,
        unit: 'ms',
      });
    }
    return {
      kind: 'measured',
      how: `Processes that acquire and release one permit as fast as they can, for ${RUN_MS} ms; ${rounds} rounds of each way in turn. proper-lockfile, tuned, looks every 1 to 5 ms; at its own pace it looks after 1 s, 2 s, 4 s and so on; both take over after 2 s, its least. flock(1) holds for as long as true(1) takes: its time is that of starting two processes. A turn is a hand-over where the one before was another's: leases go around in the order of coming, so that nearly every turn is one, while who releases one of the others may have it again before anybody looks. The hand-over after a kill is from the kill of the holder to the acquisition of the one who waits.`,
      rows,
    };
  },
};

/** All contenders together, in a second. */
interface Rate {
  readonly turns: number;
  /** Turns that another one had than the turn before. */
  readonly handOvers: number;
}

type Rates = Readonly<Record<(typeof WAYS)[number], readonly Rate[]>>;

function alone(rates: Rates): BenchRow[] {
  return WAYS.map((way) => ({
    name: `alone: ${NAMES[way]}`,
    ...spreadOf(rates[way].map(({ turns }) => 1000 / turns)),
    goal: way === 'kernel' ? 0.3 : null,
    unit: 'ms to acquire and release',
  }));
}

function contended(rates: Rates, contenders: number): BenchRow[] {
  const rows: BenchRow[] = WAYS.map((way) => ({
    name: `${contenders} contenders: ${NAMES[way]}`,
    ...spreadOf(rates[way].map(({ turns }) => 1000 / turns)),
    goal: null,
    unit: 'ms a turn',
  }));
  const share = (of: keyof Rate): BenchRow => ({
    name: `${contenders} contenders: ${of === 'turns' ? 'turns' : 'hand-overs'} of proper-lockfile for one of ours`,
    ...spreadOfPairs(rates.kernel, rates['proper-lockfile'], (a, b) => b[of] / a[of]),
    goal: null,
    unit: '',
  });
  return [...rows, share('turns'), share('handOvers')];
}

/** How long it takes until every one of the contenders has had its turns. */
async function workRows(context: BenchContext, rounds: number): Promise<BenchRow[]> {
  const { contenders, times } = GOAL;
  const took = Object.fromEntries(WAYS_OF_WORK.map((way) => [way, [] as number[]])) as {
    [way in (typeof WAYS_OF_WORK)[number]]: number[];
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const way of WAYS_OF_WORK) {
      const dir = mkdtempSync(join(context.scratch, 'lease-'));
      const workers = Array.from({ length: contenders }, () => start(context, way, dir));
      await Promise.all(workers.map(async (worker) => await ask(worker, 'turns 1')));
      const begun = performance.now();
      await Promise.all(workers.map(async (worker) => await ask(worker, `turns ${TURNS_EACH}`)));
      took[way].push(performance.now() - begun);
      context.say(
        `${contenders} contenders with ${TURNS_EACH} turns each, ${way}: ${took[way].at(-1)} ms`,
      );
      await Promise.all(workers.map(end));
    }
  }
  const done = `${contenders} contenders have had ${TURNS_EACH} turns each`;
  return [
    ...WAYS_OF_WORK.map((way) => ({
      name: `${done}: ${NAMES[way]}`,
      ...spreadOf(took[way]),
      goal: null,
      unit: 'ms',
    })),
    ...WAYS_OF_WORK.filter((way) => way !== 'kernel').map((way) => ({
      name: `${done}: our time against ${NAMES[way]}`,
      ...spreadOfPairs(took.kernel, took[way], (ours, theirs) => ours / theirs),
      goal: way === 'proper-lockfile' ? null : 1 / times,
      unit: 'times',
    })),
  ];
}

/** By round. */
async function ratesOf(context: BenchContext, contenders: number, rounds: number): Promise<Rates> {
  const rates = Object.fromEntries(WAYS.map((way) => [way, [] as Rate[]])) as {
    [way in keyof Rates]: Rate[];
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const way of WAYS) {
      const dir = mkdtempSync(join(context.scratch, 'lease-'));
      const workers = Array.from({ length: contenders }, () => start(context, way, dir));
      // The first turn loads what is needed, and shows that all are there.
      await Promise.all(workers.map(async (worker) => await ask(worker, 'run 1')));
      const before = turnsIn(dir).length;
      const begun = performance.now();
      await Promise.all(workers.map(async (worker) => await ask(worker, `run ${RUN_MS}`)));
      const seconds = (performance.now() - begun) / 1000;
      const turns = turnsIn(dir).slice(before);
      const changes = turns.filter((pid, index) => pid !== turns[index - 1]);
      const rate = { turns: turns.length / seconds, handOvers: changes.length / seconds };
      context.say(`${contenders} contenders, round ${round + 1}, ${way}: ${JSON.stringify(rate)}`);
      rates[way].push(rate);
      await Promise.all(workers.map(end));
    }
  }
  return rates;
}

/** Whose turns they were, in order. */
function turnsIn(dir: string): string[] {
  return readFileSync(join(dir, 'order'), 'utf8').trimEnd().split('\n');
}

/** Milliseconds from the kill of a holder until the one who waits has it. */
async function handOver(context: BenchContext, way: LeaseWay): Promise<number> {
  const dir = mkdtempSync(join(context.scratch, 'lease-'));
  const [holder, waiter] = [start(context, way, dir), start(context, way, dir)];
  await ask(waiter, 'run 1');
  await ask(holder, 'hold');
  const acquired = ask(waiter, 'hold');
  // What waits is waiting when it has had the time for it.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const killed = Number(process.hrtime.bigint() / 1000n) / 1000;
  holder.kill('SIGKILL');
  const took = Number(await acquired) - killed;
  context.say(`hand-over, ${way}: ${took} ms`);
  await end(waiter);
  return took;
}

function start(context: BenchContext, way: LeaseWay, dir: string): Worker {
  return spawn(process.execPath, [WORKER, way, dir], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: context.env,
  });
}

async function ask(worker: Worker, order: string): Promise<string> {
  const lines = createInterface({ input: worker.stdout });
  worker.stdin.write(`${order}\n`);
  const [answer] = (await once(lines, 'line')) as [string];
  lines.close();
  return answer;
}

async function end(worker: Worker): Promise<void> {
  const exit = once(worker, 'exit');
  worker.stdin.end();
  await exit;
}
