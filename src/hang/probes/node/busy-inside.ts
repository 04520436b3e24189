import type { Debugger } from 'node:inspector';
import { setTimeout as wait } from 'node:timers/promises';
import type { Frame } from '../stack.ts';
import { type Cdp, evaluate } from './cdp.ts';
import { isClosedLoop, loopAround, type LoopText, variablesIn } from './loop-text.ts';
import type { LoopSeen, NodeBusy, QueuesReached } from './node-inside.ts';
import { type Halt, pause, step } from './pause.ts';
import { isInternal, type Scripts } from './scripts.ts';
import { type Variable, variablesOf } from './variables.ts';
import { within } from './within.ts';

const PAUSES = 4;
const APART_MS = 60;
const PAUSE_LIMIT_MS = 400;
const STEP_LIMIT_MS = 300;
/** From one callback to the next there are so many statements of Node's own. */
const MOST_STEPS = 80;
const MOST_FRAMES = 30;
const ANSWER_LIMIT_MS = 500;
const ONCE_MORE_MS = 150;
/** Letters of a script; a bundle of more takes long to look for a loop in. */
const MOST_SOURCE = 1_000_000;

/** `from-node`: only where it halts in Node's own code. */
export type Steps = 'anywhere' | 'from-node' | 'never';

/** One moment of a thread that never rests. */
interface Moment {
  readonly frames: readonly Frame[];
  /** The innermost call of the program's own code; null where all is Node's. */
  readonly own: Debugger.CallFrame | null;
  readonly variables: ReadonlyMap<string, Variable>;
}

const KEY = "Symbol.for('pindown.reached')";

/** Something is put into each queue; what gets its turn says so. */
const MARK = `(() => {
  const reached = { ticks: false, microtasks: false, immediates: false, timers: false };
  Object.defineProperty(globalThis, ${KEY}, { value: reached, configurable: true });
  process.nextTick(() => { reached.ticks = true; });
  queueMicrotask(() => { reached.microtasks = true; });
  setImmediate(() => { reached.immediates = true; }).unref();
  setTimeout(() => { reached.timers = true; }, 1).unref();
})()`;

const READ = `globalThis[${KEY}]`;
const READ_AND_FORGET = `(() => {
  const reached = globalThis[${KEY}];
  delete globalThis[${KEY}];
  return reached;
})()`;

/**
 * Looks a few times at what a busy thread does; what is asked of it is answered in between.
 *
 * @param steps from where it may be led to another statement; who waits within a call never gets there
 */
export async function busyInside(
  cdp: Cdp,
  scripts: Scripts,
  steps: Steps,
): Promise<NodeBusy | null> {
  const moments: Moment[] = [];
  let mayStep = steps !== 'never';
  for (let index = 0; index < PAUSES; index += 1) {
    // The mark goes first: it would be what is halted in.
    const [, halt] = await Promise.all([
      index === 0 ? evaluate(cdp, MARK) : null,
      pause(cdp, PAUSE_LIMIT_MS),
    ]);
    if (halt === null) break;
    const moment = await momentOf(cdp, scripts, halt);
    const further = mayStep && (await isWanting(cdp, moment, moments, steps));
    const next = further ? await toOwnCode(cdp, scripts) : halt;
    if (next === halt) moments.push(moment);
    else if (next !== null) moments.push(await momentOf(cdp, scripts, next));
    if (next === null) {
      // It runs, and its variables are those of a moment ago.
      moments.push(moment);
      mayStep = false;
    } else {
      await cdp.send('Debugger.resume');
    }
    await wait(APART_MS);
  }
  // On a loaded machine it may hardly have run between two halts.
  const first = await within(ANSWER_LIMIT_MS, evaluate<QueuesReached>(cdp, READ));
  if (first !== null && !Object.values(first).some(Boolean)) await wait(ONCE_MORE_MS);
  const reaches = await within(ANSWER_LIMIT_MS, evaluate<QueuesReached>(cdp, READ_AND_FORGET));
  if (moments.length === 0) return null;
  return {
    reaches,
    pauses: moments.map(({ frames }) => frames),
    loop: await loopOf(cdp, scripts, moments),
  };
}

/**
 * Whether a step further shows more: it halted in Node's own code, and the program's was not met yet;
 * or at the head of a loop whose own variables it does not show there.
 */
async function isWanting(
  cdp: Cdp,
  moment: Moment,
  before: readonly Moment[],
  steps: Steps,
): Promise<boolean> {
  if (moment.own === null) return before.every(({ own }) => own === null);
  if (steps !== 'anywhere') return false;
  const loop = await loopOfCall(cdp, moment.own);
  return loop !== null && !variablesIn(loop.condition).every((name) => moment.variables.has(name));
}

/** Goes on by statements until the program's own code is met; null where it runs away. */
async function toOwnCode(cdp: Cdp, scripts: Scripts): Promise<Halt | null> {
  let halt = await step(cdp, STEP_LIMIT_MS);
  for (let steps = 1; steps < MOST_STEPS && halt !== null; steps += 1) {
    if (ownCall(scripts, halt) !== null) return halt;
    halt = await step(cdp, STEP_LIMIT_MS);
  }
  return halt;
}

function ownCall(scripts: Scripts, halt: Halt): Debugger.CallFrame | null {
  return halt.find(({ location }) => !isInternal(scripts.fileOf(location.scriptId))) ?? null;
}

async function momentOf(cdp: Cdp, scripts: Scripts, halt: Halt): Promise<Moment> {
  const own = ownCall(scripts, halt);
  const frames = halt
    .slice(0, MOST_FRAMES)
    .map(({ functionName, location }) => scripts.frame(functionName, location));
  return { frames, own, variables: own === null ? new Map() : await variablesOf(cdp, own) };
}

/** The loop that was met at every moment, in the innermost function of the program's own. */
async function loopOf(
  cdp: Cdp,
  scripts: Scripts,
  moments: readonly Moment[],
): Promise<LoopSeen | null> {
  const met = moments.flatMap(({ own, variables }) => (own === null ? [] : [{ own, variables }]));
  const [first] = met;
  const isSame = met.every(({ own }) => own.functionName === first?.own.functionName);
  if (first === undefined || met.length < PAUSES || !isSame) return null;
  const loop = await within(ANSWER_LIMIT_MS, loopOfCall(cdp, first.own));
  if (loop === null) return null;
  const { changed, unchanged } = compare(met.map(({ variables }) => variables));
  const last = met.at(-1)?.variables ?? new Map<string, Variable>();
  const shown = (names: readonly string[]): string[] =>
    names.map((name) => `${name} = ${last.get(name)?.text}`);
  const reads = variablesIn(loop.condition);
  return {
    place: `${scripts.fileOf(first.own.location.scriptId)}:${loop.line}`,
    condition: loop.condition,
    changed: shown(changed),
    unchanged: shown(unchanged),
    isClosed:
      isClosedLoop(loop) &&
      reads.every((name) => unchanged.includes(name) && last.get(name)?.isPlain === true),
  };
}

async function loopOfCall(
  cdp: Cdp,
  { location: { scriptId, lineNumber, columnNumber = 0 } }: Debugger.CallFrame,
): Promise<(LoopText & { readonly line: number }) | null> {
  const { scriptSource } = await cdp.send<Debugger.GetScriptSourceReturnType>(
    'Debugger.getScriptSource',
    { scriptId },
  );
  if (scriptSource.length > MOST_SOURCE) return null;
  const loop = loopAround(scriptSource, offsetOf(scriptSource, lineNumber, columnNumber));
  if (loop === null) return null;
  return { ...loop, line: scriptSource.slice(0, loop.from).split('\n').length };
}

function offsetOf(source: string, line: number, column: number): number {
  const before = source.split('\n').slice(0, line);
  return before.reduce((sum, { length }) => sum + length + 1, 0) + column;
}

function compare(moments: readonly ReadonlyMap<string, Variable>[]): {
  readonly changed: string[];
  readonly unchanged: string[];
} {
  const [first = new Map<string, Variable>()] = moments;
  const isUnchanged = (name: string): boolean =>
    moments.every((variables) => variables.get(name)?.text === first.get(name)?.text);
  const names = [...first.keys()];
  return {
    changed: names.filter((name) => !isUnchanged(name)),
    unchanged: names.filter(isUnchanged),
  };
}
