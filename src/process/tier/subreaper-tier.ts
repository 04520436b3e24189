import { adoptedByThisProcess } from '../descendants.ts';
import { Census, type Ownership } from '../census.ts';
import { loadSystemCalls } from '../native/load-system-calls.ts';
import type { SystemCalls } from '../native/system-calls.ts';
import { ownChildren } from '../own-children.ts';
import { type ProcStat, descendsFrom, readProcFile, readProcStat } from '../proc-stat.ts';
import { Brands, isBrandOf } from '../brand.ts';
import { RecognisingHold } from './group-tier.ts';
import type { Entry, FirstProcess, Hold, Starts, Tier } from './tier.ts';

/** So many attempts that are over are remembered, to lay a late find at. */
const REMEMBERED = 1_000;

/**
 * How often orphans that have ended are reaped at most, milliseconds. Each time costs as much as
 * there are children: where one forks and ends all the time beside 500 that stay, a time for each
 * end would leave no other time at all.
 */
const REAP_EVERY_MS = 50;

/** An attempt's brand, and how to start something with it. */
interface Branding {
  readonly brand: number;
  run<T>(start: () => T): T;
}

/** When an attempt's first process was started and when its last one was gone, clock ticks. */
interface Span {
  from: number;
  to: number;
}

/**
 * Holds attempts by being the one that the kernel gives their orphans to
 * (PR_SET_CHILD_SUBREAPER(2const)): whatever an attempt starts stays a descendant of this process.
 * Whose attempt's it is, is told by its {@link Brands brand}, and where a process has thrown that
 * away, by what else it can be recognised by, and at last by when it was started.
 */
export class SubreaperTier implements Tier {
  readonly name = 'subreaper';
  readonly because: string;
  readonly #runId: string;
  readonly #calls: SystemCalls;
  readonly #brands: Brands;
  readonly #census: Census;
  readonly #spans: Span[] = [];
  readonly #reap = (): void => reapAdopted(this.#calls);
  readonly #reapSoon = (): void => {
    this.#reapTimer ??= setTimeout(() => {
      this.#reapTimer = null;
      this.#reap();
    }, REAP_EVERY_MS).unref();
  };
  #reapTimer: NodeJS.Timeout | null = null;

  private constructor(
    runId: string,
    calls: SystemCalls,
    brands: Brands,
    census: Census,
    stronger: string,
  ) {
    this.#runId = runId;
    this.#calls = calls;
    this.#brands = brands;
    this.#census = census;
    this.because = `by ${calls.via}${stronger === '' ? '' : `; ${stronger}`}`;
    calls.setChildSubreaper(true);
    process.on('SIGCHLD', this.#reapSoon);
  }

  /**
   * @param stronger why nothing stronger was chosen
   * @param census among whom its processes are looked for
   * @returns the tier, or why the machine does not allow it
   */
  static open(
    runId: string,
    stronger: string,
    census: () => Census = () => Census.ofDescendants(),
  ): SubreaperTier | string {
    const calls = loadSystemCalls();
    if (calls.via === null) return calls.because;
    const missing = calls.missing().find(({ call }) => call === 'PR_SET_CHILD_SUBREAPER');
    if (missing !== undefined) return `${missing.call}: ${missing.because}`;
    const brands = new Brands(calls, runId);
    return brands.fault() ?? new SubreaperTier(runId, calls, brands, census(), stronger);
  }

  hold(token: string, starts: Starts = 'its-own'): Hold {
    const brand = this.#brands.next();
    const span: Span = { from: Infinity, to: Infinity };
    if (starts === 'its-own') this.#spans.push(span);
    if (this.#spans.length > REMEMBERED) this.#spans.shift();
    return new SubreaperHold(
      this.#census,
      {
        lineage: `${this.#runId}/${token}`,
        isBranded: (found) => found === brand,
        claims: (stat) => isAdrift(stat) && this.#onlyIn(span, stat.startTime),
      },
      { brand, run: (start) => this.#brands.branded(brand, start) },
      span,
      this.#reap,
    );
  }

  remains(): Hold {
    return new RecognisingHold(this.#census, {
      lineage: `${this.#runId}/`,
      isBranded: (brand) => isBrandOf(this.#runId, brand),
      claims: isAdrift,
    });
  }

  close(): null {
    process.off('SIGCHLD', this.#reapSoon);
    if (this.#reapTimer !== null) clearTimeout(this.#reapTimer);
    this.#reap();
    this.#calls.setChildSubreaper(false);
    return null;
  }

  /** Whether of all attempts only this one can have started something at that time. */
  #onlyIn(span: Span, startTime: number): boolean {
    const possible = this.#spans.filter(({ from, to }) => from <= startTime && startTime <= to);
    return possible.length === 1 && possible[0] === span;
  }
}

/** A hold on what carries the attempt's brand; it knows when the attempt was there. */
class SubreaperHold extends RecognisingHold {
  readonly #branding: Branding;
  readonly #span: Span;
  readonly #reap: () => void;

  constructor(
    census: Census,
    owner: Pick<Ownership, 'lineage'> & Partial<Ownership>,
    branding: Branding,
    span: Span,
    reap: () => void,
  ) {
    super(census, owner);
    this.#branding = branding;
    this.#span = span;
    this.#reap = reap;
  }

  override within<T>(start: () => T): T {
    return this.#branding.run(start);
  }

  override entry(): Entry {
    // From now on it can be there, and nobody else's claim holds against it.
    this.#span.from = ticksSinceBoot() - 1;
    return { kind: 'brand', brand: this.#branding.brand };
  }

  override started(first: FirstProcess): void {
    super.started(first);
    this.#span.from = readProcStat(first.pid)?.startTime ?? Infinity;
  }

  override release(): null {
    this.#span.to = ticksSinceBoot();
    this.#reap();
    return null;
  }
}

/** Descends from this process, and is nobody that Node started for us. */
function isAdrift(stat: ProcStat): boolean {
  return !ownChildren.has(stat.pid) && descendsFrom(stat, process.pid);
}

/** Reaps, each by its pid, the orphans that were given to this process and have ended. */
function reapAdopted(calls: SystemCalls): void {
  for (const pid of adoptedByThisProcess()) calls.waitPid(pid);
}

/** The kernel counts start times in hundredths of a second (proc_pid_stat(5)). */
function ticksSinceBoot(): number {
  return Math.ceil(Number.parseFloat(readProcFile('/proc/uptime') ?? 'Infinity') * 100);
}
