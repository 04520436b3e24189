import { setImmediate as loopTurn } from 'node:timers/promises';
import { type Clock, systemClock } from '../../core/clock.ts';
import { type LaidTrip, type Trip, isMutation } from '../../core/trip.ts';
import type { Member } from '../../process/member.ts';
import { Doing, describeProcess } from './doing.ts';
import { Presence, type Running, type Suspect } from './presence.ts';
import { fold } from './fold.ts';
import type { Change, Look, Verified, Wire } from './wire.ts';

/** Whose process was seen at it; no suspect where the wire itself knows the process. */
type SeenAt =
  | { readonly suspect: Suspect; readonly doing: Doing }
  | { readonly suspect: null; readonly member: Member };

/** What was noticed and is not yet looked at again. */
interface Seen {
  readonly wire: Wire;
  readonly change: Change;
  /** By the clock's monotonic time: the wall's may step between two that are compared. */
  readonly at: number | null;
  readonly running: Running;
  seenAt: SeenAt | null;
  looks: number;
}

/** What it came to. */
interface Told {
  readonly seen: Seen;
  readonly trip: Trip;
}

export interface TripPorts {
  readonly clock: Clock;
  /** Told each trip once, of which something is left; many of one kind at once as one. */
  onTrip(trip: Trip): void;
}

/** So many trips are remembered; only those of attempts that still run are needed. */
const MOST_TOLD = 10_000;
/** So often it is looked who is at one and the same change, while it goes on. */
const MOST_LOOKS = 3;
/** Others write into shared directories, too, perhaps all the time. */
const BETWEEN_LOOKS_MS = 100;

/**
 * Notices what changes around the suite, and lays it at the units that ran at that moment, or at
 * the very one whose process is seen at it. What a wire noticed is looked at again when an attempt
 * ends, so that a file that is as it was is told apart from one that is not.
 */
export class Tripwires {
  readonly #wires: readonly Wire[];
  readonly #ports: TripPorts;
  readonly #presence: Presence;
  readonly #open = new Map<Wire, Map<string, Seen>>();
  #told: Told[] = [];
  /** Changes of the suite that have not been undone. */
  readonly #standing = new Map<string, Told>();
  #unlooked: Seen[] = [];
  #looking: Promise<void> | null = null;
  #lookedAt = -Infinity;

  constructor(wires: readonly Wire[], ports: TripPorts) {
    this.#wires = wires;
    this.#ports = ports;
    this.#presence = new Presence(ports.clock);
    for (const wire of wires) {
      this.#open.set(wire, new Map());
      wire.arm((change) => this.#onChange(wire, change));
    }
  }

  /** Where nothing is to be noticed. */
  static none(): Tripwires {
    return new Tripwires([], { clock: systemClock, onTrip: () => {} });
  }

  /** What can't be noticed here, and why; one line each. */
  get faults(): readonly string[] {
    return this.#wires.flatMap(({ faults }) => faults);
  }

  enter(suspect: Suspect): void {
    if (this.#wires.length > 0) this.#presence.enter(suspect);
  }

  /** Says what changed while the suspect was there, now that its processes are gone, or before. */
  async leave(suspect: Suspect): Promise<readonly LaidTrip[]> {
    if (this.#wires.length === 0) return [];
    await this.#settle('attempt');
    const since = this.#presence.leave(suspect);
    const during = this.#told.filter(({ seen }) => seen.running.has(suspect));
    const before = [...this.#standing.values()].filter(
      ({ seen }) => !seen.running.has(suspect) && seen.at !== null && seen.at <= since,
    );
    return [
      ...during.map(({ trip, seen }) => ({ trip, own: isOwn(seen, suspect), before: false })),
      ...before.map(({ trip }) => ({ trip, own: false, before: true })),
    ];
  }

  /** The last look, when nothing runs any more. */
  async close(): Promise<void> {
    await this.#settle('run');
    for (const wire of this.#wires) wire.disarm();
  }

  /** What the kernel has to tell is read in the next turn of the loop; then it is looked at. */
  async #settle(at: Look): Promise<void> {
    if (this.#wires.length === 0) return;
    await loopTurn();
    await this.#looking;
    for (const wire of this.#wires) {
      for (const change of wire.look(at)) this.#note(wire, change);
      this.#verify(wire, at);
    }
    if (this.#told.length > MOST_TOLD) {
      this.#told = this.#told.filter(({ seen }) => this.#presence.isAny(seen.running));
    }
  }

  /** Makes trips of what is changed, and forgets what came to nothing. */
  #verify(wire: Wire, at: Look): void {
    const open = this.#openOf(wire);
    if (open.size === 0) return;
    shareCulprit(open.values(), this.#told);
    const verified = wire.verify(
      [...open.values()].map(({ change }) => change),
      at,
    );
    const told: Trip[] = [];
    for (const [key, seen] of open) {
      const state = verified.get(seen.change);
      if (state === 'later') continue;
      open.delete(key);
      if (state === undefined || isForeign(seen)) continue;
      const trip = tripOf(seen, state, this.#ports.clock);
      this.#remember(key, { seen, trip });
      if (!state.undone) told.push(trip);
    }
    for (const trip of fold(told)) this.#ports.onTrip(trip);
  }

  #remember(key: string, told: Told): void {
    this.#told.push(told);
    if (isMutation(told.trip)) this.#standing.set(key, told);
    else if (told.trip.change === 'restored') this.#standing.delete(key);
  }

  #onChange(wire: Wire, change: Change): void {
    const seen = this.#note(wire, change);
    if (seen.seenAt !== null || seen.running.size === 0 || seen.looks >= MOST_LOOKS) return;
    const now = this.#ports.clock.monotonic();
    if (change.kind === 'file' && now - this.#lookedAt < BETWEEN_LOOKS_MS) return;
    this.#lookedAt = now;
    seen.looks += 1;
    this.#unlooked.push(seen);
    this.#looking ??= this.#findCulprits().finally(() => {
      this.#looking = null;
    });
  }

  #note(wire: Wire, change: Change): Seen {
    const open = this.#openOf(wire);
    const key = `${change.kind} ${change.what}`;
    const known = open.get(key);
    if (known !== undefined) return known;
    const at = change.at === undefined ? this.#ports.clock.monotonic() : change.at;
    const running = change.at === undefined ? this.#presence.now() : this.#presence.at(at);
    const seenAt = change.by === undefined ? null : { suspect: null, member: change.by };
    const seen: Seen = { wire, change, at, running, seenAt, looks: 0 };
    open.set(key, seen);
    return seen;
  }

  #openOf(wire: Wire): Map<string, Seen> {
    const open = this.#open.get(wire);
    if (open === undefined) throw new Error('a wire that was never armed');
    return open;
  }

  /** Looks at once who does it, while its process is still there; a burst is looked at as one. */
  async #findCulprits(): Promise<void> {
    while (this.#unlooked.length > 0) {
      const burst = new Set(this.#unlooked);
      this.#unlooked = [];
      for (const suspect of this.#presence.now().keys()) {
        for (const member of await suspect.members()) {
          const doing = new Doing(member);
          for (const seen of burst) {
            if (seen.seenAt !== null || !seen.running.has(suspect)) continue;
            if (doing.isAt(seen.change, seen.wire)) seen.seenAt = { suspect, doing };
          }
        }
      }
    }
  }
}

/** What one command does in one go lies no further apart, milliseconds. */
const ONE_GO_MS = 2_000;

/**
 * What a command did in one go may be seen of a part only: git has written the index and ended by
 * the time at which HEAD is looked at. Where all who were seen about then and do such things are of
 * one attempt, the rest is its doing, too.
 *
 * @param told what was looked at before: one go may fall into two looks
 */
function shareCulprit(open: Iterable<Seen>, told: readonly Told[]): void {
  const all = [...open];
  const before = told
    .map(({ seen }) => seen)
    .filter((one) => all.some((seen) => inOneGo(one, seen)));
  const met = [...before, ...all].flatMap(({ seenAt }) =>
    seenAt === null || seenAt.suspect === null ? [] : [seenAt],
  );
  for (const seen of all) {
    const { change, wire, running } = seen;
    if (seen.seenAt !== null) continue;
    const able = met.filter(
      ({ suspect, doing }) => running.has(suspect) && doing.isAt(change, wire),
    );
    // A command may have been seen in several processes of its own.
    if (new Set(able.map(({ suspect }) => suspect)).size === 1) seen.seenAt = able[0] ?? null;
  }
}

function inOneGo(one: Seen, other: Seen): boolean {
  if (one.at === null || other.at === null) return false;
  return Math.abs(one.at - other.at) <= ONE_GO_MS;
}

/** What came around the suite while nobody of ours ran is somebody else's. */
function isForeign({ change, at, running }: Seen): boolean {
  return (change.kind === 'file' || change.kind === 'port') && at !== null && running.size === 0;
}

function tripOf({ change, at, running, seenAt }: Seen, state: Verified, clock: Clock): Trip {
  const [only] = running.size === 1 ? running.keys() : [];
  const behind = seenAt === null ? only : seenAt.suspect;
  const units = behind === undefined || behind === null ? [] : (running.get(behind) ?? []);
  return {
    kind: change.kind,
    what: change.what,
    change: state.change,
    detail: state.detail ?? null,
    undone: state.undone,
    at: at === null ? null : Math.round(clock.wall() - (clock.monotonic() - at)),
    running: [...running.values()].flat(),
    culprit: units.length === 1 ? (units[0] ?? null) : null,
    process: seenAt === null ? null : processOf(seenAt),
    others: 0,
  };
}

function isOwn({ seenAt, running }: Seen, suspect: Suspect): boolean | null {
  if (seenAt !== null) return seenAt.suspect === suspect;
  return running.size === 1 ? true : null;
}

function processOf(seenAt: SeenAt): Trip['process'] {
  return seenAt.suspect === null ? describeProcess(seenAt.member) : seenAt.doing.process;
}
