import type { Answer, Operation, Steps } from '../../../src/lease/operation.ts';
import { type Life, ModelWorld } from './model-world.ts';

/** What one contender does: comes to a token where it acquires, and to null where it does not. */
export interface Program {
  acquire(nonce: string): Steps<{ readonly token: number } | null>;
  release(nonce: string): Steps<unknown>;
  /** All that the release depends on: histories that came to the same holding are one from there. */
  holding(): string;
}

export interface Contending {
  /** How many it lets hold at once, itself included. */
  readonly limit: number;
  /** Made anew for each run, since a program may keep state of its own. */
  program(): Program;
}

/** What is explored. */
export interface Exploration {
  readonly contenders: readonly Contending[];
  /** How many of them may crash; each at any step. */
  readonly crashes: number;
  /** How often somebody removes the whole directory; at any step. */
  readonly wipes?: number;
  /** Contenders in another pid namespace, of whom nobody can say whether they live. */
  readonly foreign?: readonly number[];
  /** Whether the wall clock may step whenever it is read. */
  readonly clockSteps?: boolean;
  /** Whether tokens are followed, too. */
  readonly tokens?: boolean;
  /** Looks only for those who hold at once. */
  readonly onlyHolders?: boolean;
  /** What becomes of the pid of one that crashes. */
  readonly pids?: 'free' | 'reused';
  /** Whether ways that come to rest at the same point are taken for one; they are. */
  readonly merges?: boolean;
  /** Changes what an operation comes to, to take a guard out. */
  readonly tamper?: (operation: Operation, honest: () => Answer) => Answer;
}

export interface Explored {
  readonly states: number;
  /** The most steps that an attempt took. */
  readonly longest: number;
  /** How many states had somebody who was turned away. */
  readonly turnedAway: number;
  /** Every world that was come to. */
  readonly worlds: ReadonlySet<string>;
  /** What went wrong, and the steps that led there; null where nothing did. */
  readonly violation: { readonly what: string; readonly trace: readonly string[] } | null;
}

type Phase = 'acquiring' | 'holding' | 'releasing' | 'over';

/** A contender after a history of answers. Equal histories are the same node. */
interface Node {
  readonly phase: Phase;
  readonly operation: Operation | null;
  readonly token: number | null;
  readonly depth: number;
  readonly answers: readonly Answer[];
  readonly holding: string | null;
  /** Where it rested last. */
  readonly at: string | null;
  readonly next: Map<string, Node>;
  readonly id: number;
}

interface State {
  readonly world: ModelWorld;
  readonly nodes: readonly Node[];
  readonly crashes: number;
  readonly wipes: number;
  /** The largest token that was given out, and what it was when each began. */
  readonly tokens: readonly number[];
  readonly parent: State | null;
  readonly by: () => string;
}

/** A protocol whose attempts never end would have endless histories. */
const MOST_STEPS = 400;

/**
 * Takes the contenders through every interleaving of their steps, with a crash of each at every
 * step, the reuse of its pid and a clock that says anything, and looks at each state once.
 *
 * Steps that only touch what is private are taken together with the one before: nobody sees them.
 */
export function checkProtocol(exploration: Exploration): Explored {
  return new Checker(exploration).run();
}

class Checker {
  readonly #it: Exploration;
  readonly #roots: readonly Node[];
  readonly #seen = new Set<string>();
  readonly #solo = new Map<string, string | null>();
  readonly #worlds = new Map<string, number>();
  readonly #settled = new Map<string, Node>();
  #nodes = 0;
  #longest = 0;
  #turnedAway = 0;

  constructor(exploration: Exploration) {
    this.#it = exploration;
    const names = new ModelWorld(exploration.contenders.length, exploration.foreign);
    this.#roots = exploration.contenders.map((_, who) => this.#node(names, who, []));
  }

  run(): Explored {
    const { contenders, foreign, crashes, wipes = 0 } = this.#it;
    const world = new ModelWorld(contenders.length, foreign);
    const tokens = [0, ...contenders.map(() => -1)];
    const open: State[] = [
      { world, nodes: this.#roots, crashes, wipes, tokens, parent: null, by: () => 'start' },
    ];
    this.#seen.add(this.#keyOf(open[0]!));
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      const what = this.#wrongIn(state);
      if (what !== null) return this.#result({ what, trace: traceOf(state) });
      for (const follower of this.#followers(state)) {
        const key = this.#keyOf(follower);
        if (this.#seen.has(key)) continue;
        this.#seen.add(key);
        open.push(follower);
      }
    }
    return this.#result(null);
  }

  #result(violation: Explored['violation']): Explored {
    return {
      states: this.#seen.size,
      longest: this.#longest,
      turnedAway: this.#turnedAway,
      worlds: new Set(this.#worlds.keys()),
      violation,
    };
  }

  #wrongIn(state: State): string | null {
    const holding = this.#limitsOfHolders(state);
    if (holding.length > Math.min(...holding)) return `${holding.length} hold at once`;
    if (this.#it.onlyHolders === true) return null;
    const late = state.nodes.find(({ token }) => token !== null && token < 0);
    if (late !== undefined) return 'a token did not grow';
    if (state.nodes.some(({ depth }) => depth > MOST_STEPS)) return 'an attempt does not end';
    if (state.nodes.some(({ phase, token }) => phase === 'over' && token === null)) {
      this.#turnedAway += 1;
    }
    return this.#alone(state, holding);
  }

  /** Where all die who don't hold, one who comes alone gets a permit exactly where one is free. */
  #alone(state: State, holding: readonly number[]): string | null {
    // Records of limits and of who is dead are not to be had then.
    if (this.#it.wipes !== undefined || this.#it.foreign !== undefined) return null;
    const world = state.world.clone();
    state.nodes.forEach(({ phase }, who) => {
      if (phase !== 'holding' && world.life(who) === 'alive') world.crash(who);
    });
    const key = `${holding.join()}|${world.key()}`;
    const known = this.#solo.get(key);
    if (known !== undefined) return known;
    const wrong = this.#aloneIn(world, holding);
    this.#solo.set(key, wrong);
    return wrong;
  }

  #aloneIn(world: ModelWorld, holding: readonly number[]): string | null {
    const newcomer = this.#it.contenders[0]!;
    const who = this.#it.contenders.length;
    const steps = newcomer.program().acquire(world.nonce(who));
    let next = steps.next();
    for (let count = 0; next.done !== true; count += 1) {
      if (count > MOST_STEPS) return 'one who is alone does not come to an end';
      next = steps.next(this.#perform(world, next.value, who));
    }
    const free = holding.length < Math.min(newcomer.limit, ...holding);
    if (free && next.value === null) return 'a free permit can not be had';
    return !free && next.value !== null ? 'a permit too many was had' : null;
  }

  #keyOf({ world, nodes, crashes, wipes, tokens }: State): string {
    const ids = nodes.map(({ id }, who) => (isAlive(world.life(who)) ? id : 'x'));
    const key = world.key();
    let number = this.#worlds.get(key);
    if (number === undefined) {
      number = this.#worlds.size;
      this.#worlds.set(key, number);
    }
    return `${ids.join()};${crashes};${wipes};${tokens.join()};${number}`;
  }

  #limitsOfHolders({ world, nodes }: State): number[] {
    return this.#it.contenders
      .filter((_, who) => nodes[who]?.phase === 'holding' && isAlive(world.life(who)))
      .map(({ limit }) => limit);
  }

  *#followers(state: State): Generator<State> {
    for (const [who, node] of state.nodes.entries()) {
      if (!isAlive(state.world.life(who)) || node.phase === 'over') continue;
      if (state.crashes > 0) {
        const world = state.world.clone();
        world.crash(who);
        if (this.#it.pids === 'reused') world.reusePid(who);
        const crashes = state.crashes - 1;
        yield { ...state, world, crashes, parent: state, by: () => `${who} crashes` };
      }
      const steps = this.#it.clockSteps === true && node.operation?.op === 'wall-clock';
      const clocks = steps ? [1000, 1] : [1000];
      for (const clock of clocks) yield this.#step(state, who, clock);
    }
    if (state.wipes > 0) {
      const world = state.world.clone();
      world.wipe();
      yield { ...state, world, wipes: state.wipes - 1, parent: state, by: () => 'all is removed' };
    }
  }

  #step(state: State, who: number, clock: number): State {
    const world = state.world.clone();
    world.wallClock = clock;
    let node = state.nodes[who]!;
    const tokens = [...state.tokens];
    if (node.depth === 0) tokens[who + 1] = tokens[0]!;
    const did: (readonly [Operation | null, Answer])[] = [];
    do {
      const answer = this.#perform(world, node.operation, who);
      did.push([node.operation, answer]);
      node = this.#after(world, who, node, answer);
    } while (isPrivate(node.operation) || (node.at === 'claimed' && this.#it.tokens !== true));
    if (node.phase === 'holding' && this.#it.tokens === true) {
      // It began after those had acquired, so that its own has to be larger.
      if (node.token! <= tokens[who + 1]!) node = { ...node, token: -1 };
      tokens[0] = Math.max(tokens[0]!, node.token!);
    }
    const nodes = state.nodes.map((each, index) => (index === who ? node : each));
    return { ...state, world, nodes, tokens, parent: state, by: () => `${who}: ${told(did)}` };
  }

  #perform(world: ModelWorld, operation: Operation | null, who: number): Answer {
    if (operation === null) return { ok: true, value: null };
    const honest = (): Answer => {
      const answer = world.perform(operation, who);
      return this.#it.tokens === true ? answer : uncounted(operation, answer);
    };
    return this.#it.tamper === undefined ? honest() : this.#it.tamper(operation, honest);
  }

  #after(world: ModelWorld, who: number, node: Node, answer: Answer): Node {
    const key = JSON.stringify(answer);
    const known = node.next.get(key);
    if (known !== undefined) return known;
    const made = this.#node(world, who, [...node.answers, answer]);
    const merged = this.#merged(made, who);
    node.next.set(key, merged);
    return merged;
  }

  #merged(made: Node, who: number): Node {
    const key = this.#it.merges === false ? null : mergeKey(made, who);
    if (key === null) return made;
    const known = this.#settled.get(key);
    this.#settled.set(key, known ?? made);
    return known ?? made;
  }

  /** Takes a new contender through the answers, to see what it asks next. */
  #node(world: ModelWorld, who: number, answers: readonly Answer[]): Node {
    const program = this.#it.contenders[who]!.program();
    const nonce = world.nonce(who);
    let phase: Phase = 'acquiring';
    let token: number | null = null;
    let steps: Steps<unknown> = program.acquire(nonce);
    let next = steps.next();
    let at: string | null = null;
    const settle = (): void => {
      if (next.done !== true) return;
      if (phase === 'acquiring') {
        token = (next.value as { token: number } | null)?.token ?? null;
        phase = token === null ? 'over' : 'holding';
      } else phase = 'over';
    };
    settle();
    for (const answer of answers) {
      if (next.done !== true && next.value.op === 'rest') at = next.value.at;
      if ((phase as Phase) === 'holding') {
        // The step from holding to releasing is one of its own, and asks nothing of the world.
        phase = 'releasing';
        steps = program.release(nonce);
        next = steps.next();
      } else next = steps.next(answer);
      settle();
    }
    if ((phase as Phase) === 'acquiring') this.#longest = Math.max(this.#longest, answers.length);
    const operation = next.done === true ? null : next.value;
    this.#nodes += 1;
    const depth = answers.length;
    const holding = (phase as Phase) === 'holding' ? program.holding() : null;
    return {
      phase,
      operation,
      token,
      depth,
      answers,
      holding,
      at,
      next: new Map(),
      id: this.#nodes,
    };
  }
}

function isAlive(life: Life): boolean {
  return life === 'alive' || life === 'foreign';
}

/** Without tokens to follow, what was counted does not tell states apart. */
function uncounted(operation: Operation, answer: Answer): Answer {
  if (operation.op !== 'read' || !answer.ok) return answer;
  if (operation.path.startsWith('reserved-')) return { ok: true, value: '1000' };
  const counts = /"count":\d+,"reserved":\d+/;
  return { ok: true, value: String(answer.value).replace(counts, '"count":1000,"reserved":9000') };
}

/** Equal for nodes from which everything goes on the same way; null where that is not known. */
function mergeKey({ phase, token, holding, operation }: Node, who: number): string | null {
  if (phase === 'holding' || phase === 'over') return `${who} ${phase} ${token} ${holding}`;
  return operation?.op === 'rest' ? `${who} ${operation.at} ${operation.on.join()}` : null;
}

/** What nobody else looks into. */
function isPrivate(operation: Operation | null): boolean {
  if (operation === null) return false;
  if (operation.op === 'rest') return true;
  const path = 'path' in operation ? operation.path : '';
  return path.startsWith('private-');
}

function traceOf(state: State): string[] {
  const trace: string[] = [];
  for (let at: State | null = state; at !== null; at = at.parent) trace.unshift(at.by());
  return trace;
}

function told(did: readonly (readonly [Operation | null, Answer])[]): string {
  return did.map(([operation, answer]) => `${describe(operation)} = ${brief(answer)}`).join(', ');
}

function describe(operation: Operation | null): string {
  if (operation === null) return 'begins to release';
  const { op, ...rest } = operation;
  return `${op} ${Object.values(rest).join(' ')}`;
}

function brief(answer: Answer): string {
  return answer.ok ? JSON.stringify(answer.value) : answer.code;
}
