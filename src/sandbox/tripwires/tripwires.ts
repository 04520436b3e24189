import { setImmediate as loopTurn } from 'node:timers/promises';
import { type Clock, systemClock } from '../../core/clock.ts';
import type { LaidTrip, Trip } from '../../core/trip.ts';
import { parentsOf } from '../../process/describe-left.ts';
import type { Member } from '../../process/member.ts';
import { readProcDirectory, readProcLink } from '../../process/proc-stat.ts';
import type { Change, Wire } from './wire.ts';

/** An attempt, or a batch, as the tripwires need to know it. */
export interface Suspect {
  /** The units that run in it at this moment; their ids. */
  running(): readonly string[];
  /** Its processes. */
  members(): Promise<readonly Member[]>;
}

/** What happened while suspects were there. */
interface Seen {
  readonly wire: Wire;
  readonly change: Change;
  readonly at: number;
  readonly running: ReadonlyMap<Suspect, readonly string[]>;
  /** The process that was seen at it. */
  seenAt: { readonly suspect: Suspect; readonly member: Member } | null;
  trip: Trip | null;
}

export interface TripPorts {
  readonly clock: Clock;
  /** Told each trip once, of which something is left. */
  onTrip(trip: Trip): void;
}

/** So many things that were seen are kept; only those of attempts that still run are needed. */
const MOST_SEEN = 10_000;

/**
 * Notices what changes around the suite, and lays it at the units that ran at that moment, or at
 * the very one whose process is seen at it. What a wire noticed is looked at again when an attempt
 * ends, so that a file that is as it was is told apart from one that is not.
 */
export class Tripwires {
  readonly #wires: readonly Wire[];
  readonly #ports: TripPorts;
  readonly #suspects = new Set<Suspect>();
  #seen: Seen[] = [];
  #looking: Promise<void> | null = null;

  constructor(wires: readonly Wire[], ports: TripPorts) {
    this.#wires = wires;
    this.#ports = ports;
    for (const wire of wires) wire.arm((change) => this.#onChange(wire, change));
  }

  /** Where nothing is to be noticed. */
  static none(): Tripwires {
    return new Tripwires([], { clock: systemClock, onTrip: () => {} });
  }

  enter(suspect: Suspect): void {
    this.#suspects.add(suspect);
  }

  /** Says what changed while the suspect was there, now that its processes are gone. */
  async leave(suspect: Suspect): Promise<readonly LaidTrip[]> {
    await this.#settle();
    this.#suspects.delete(suspect);
    return this.#seen.flatMap((seen) =>
      seen.trip !== null && seen.running.has(suspect)
        ? [{ trip: seen.trip, own: isOwn(seen, suspect) }]
        : [],
    );
  }

  /** The last look, when nothing runs any more. */
  async close(): Promise<void> {
    await this.#settle();
    for (const wire of this.#wires) wire.disarm();
  }

  /** What the kernel has to tell is read in the next turn of the loop; then it is looked at. */
  async #settle(): Promise<void> {
    if (this.#wires.length === 0) return;
    await loopTurn();
    await this.#looking;
    for (const wire of this.#wires) {
      for (const change of wire.look()) this.#note(wire, change);
      this.#verify(wire);
    }
    if (this.#seen.length > MOST_SEEN) {
      this.#seen = this.#seen.filter(({ running }) =>
        [...running.keys()].some((suspect) => this.#suspects.has(suspect)),
      );
    }
  }

  /** Makes trips of what is changed, and forgets what came to nothing. */
  #verify(wire: Wire): void {
    const open = this.#seen.filter((seen) => seen.wire === wire && seen.trip === null);
    const verified = wire.verify(open.map(({ change }) => change));
    for (const seen of open) {
      const state = verified.get(seen.change);
      if (state === undefined) continue;
      seen.trip = tripOf(seen, state);
      if (!state.undone) this.#ports.onTrip(seen.trip);
    }
    this.#seen = this.#seen.filter((seen) => seen.wire !== wire || seen.trip !== null);
  }

  #onChange(wire: Wire, change: Change): void {
    const seen = this.#note(wire, change);
    if (seen === null) return;
    this.#looking ??= this.#findCulprits().finally(() => {
      this.#looking = null;
    });
  }

  /** Null where it is known, and has not been looked at since. */
  #note(wire: Wire, change: Change): Seen | null {
    const known = this.#seen.some(
      (seen) =>
        seen.trip === null &&
        seen.wire === wire &&
        seen.change.kind === change.kind &&
        seen.change.what === change.what,
    );
    if (known) return null;
    const seen: Seen = {
      wire,
      change,
      at: this.#ports.clock.wall(),
      running: new Map([...this.#suspects].map((suspect) => [suspect, suspect.running()])),
      seenAt: null,
      trip: null,
    };
    this.#seen.push(seen);
    return seen;
  }

  /** Looks at once who does it, while its process is still there; a burst is looked at as one. */
  async #findCulprits(): Promise<void> {
    for (const suspect of this.#suspects) {
      for (const member of await suspect.members()) {
        for (const seen of this.#seen) {
          if (seen.trip !== null || seen.seenAt !== null || !seen.running.has(suspect)) continue;
          if (isAt(member, seen)) seen.seenAt = { suspect, member };
        }
      }
    }
  }
}

function tripOf(seen: Seen, state: { readonly change: Trip['change']; undone: boolean }): Trip {
  const { change, at, running, seenAt } = seen;
  const [only] = running.size === 1 ? running.keys() : [];
  const behind = seenAt?.suspect ?? only;
  const units = behind === undefined ? [] : (running.get(behind) ?? []);
  return {
    kind: change.kind,
    what: change.what,
    ...state,
    at,
    running: [...running.values()].flat(),
    culprit: units.length === 1 ? (units[0] ?? null) : null,
    process: seenAt === null ? null : processOf(seenAt.member),
  };
}

function isOwn({ seenAt, running }: Seen, suspect: Suspect): boolean | null {
  if (seenAt !== null) return seenAt.suspect === suspect;
  return running.size === 1 ? true : null;
}

/** Whether a process is seen at it: one that is known for such changes, or that has the file open. */
function isAt(member: Member, { wire, change }: Seen): boolean {
  const directory = readProcLink(`/proc/${member.pid}/cwd`);
  if (wire.isKnownFor(member.command, directory)) return true;
  const descriptors = `/proc/${member.pid}/fd`;
  return (
    change.file !== null &&
    readProcDirectory(descriptors).some(
      (descriptor) => readProcLink(`${descriptors}/${descriptor}`) === change.file,
    )
  );
}

function processOf(member: Member): Trip['process'] {
  const { pid, startTime, command } = member;
  return { pid, startTime, command, parents: parentsOf(member) };
}
