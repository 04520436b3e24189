import { type Member, memberKey } from '../../../process/member.ts';
import { pause } from '../../../process/pause.ts';
import { isAlive, readProcStat } from '../../../process/proc-stat.ts';
import type { Entry, FirstProcess, Hold } from '../../../process/tier/tier.ts';
import { type Init, isOfInit, isThere, killInit, membersBeside, readInit } from './init.ts';

/** A killed init is over when everybody in its namespace is (zap_pid_ns_processes), milliseconds. */
const DIE_WAIT_MS = 2_000;
const LOOK_EVERY_MS = 1;

/**
 * A tier's hold with one more way to recognise its members: who is in the attempt's pid namespace
 * is the attempt's, whatever else it has given up. Init is kept while anybody is there, so that
 * what was left behind can be named, and goes with the last of them.
 */
export class NamespaceHold implements Hold {
  readonly #inner: Hold;
  readonly #initFile: string;
  #outer: { readonly pid: number; readonly startTime: number | null } | null = null;
  #init: Init | null = null;

  constructor(inner: Hold, initFile: string) {
    this.#inner = inner;
    this.#initFile = initFile;
  }

  within<T>(start: () => T): T {
    return this.#inner.within(start);
  }

  entry(): Entry {
    return this.#inner.entry();
  }

  started(first: FirstProcess): void {
    this.#outer = { pid: first.pid, startTime: readProcStat(first.pid)?.startTime ?? null };
    this.#inner.started(first);
  }

  async members(): Promise<readonly Member[]> {
    const init = this.init();
    const found = await this.#inner.members();
    if (init === null) return found;
    const members = together(membersBeside(init), found, init);
    const over = this.#outer === null || !isAlive(this.#outer.pid, this.#outer.startTime);
    if (members.length === 0 && over) await end(init);
    return members;
  }

  async kill(): Promise<readonly Member[]> {
    const init = this.init();
    const met = init === null ? [] : membersBeside(init);
    if (init !== null) await end(init);
    const rest = await this.#inner.kill();
    return init === null ? rest : together(met, rest, init);
  }

  release(): string | null {
    const init = this.init();
    if (init !== null) killInit(init);
    return this.#inner.release();
  }

  /** Pid 1 of the namespace; null as long as there is none. */
  init(): Init | null {
    this.#init ??= readInit(this.#initFile);
    return this.#init;
  }
}

async function end(init: Init): Promise<void> {
  killInit(init);
  const until = performance.now() + DIE_WAIT_MS;
  while (isThere(init) && performance.now() < until) await pause(LOOK_EVERY_MS);
}

function together(inside: readonly Member[], held: readonly Member[], init: Init): Member[] {
  const members = new Map(inside.map((member) => [memberKey(member), member]));
  for (const member of held) {
    if (isOfInit(member.pid, init)) continue;
    const known = members.get(memberKey(member));
    const foundBy = [...(known?.foundBy ?? []), ...member.foundBy];
    members.set(memberKey(member), { ...member, foundBy });
  }
  return [...members.values()];
}
