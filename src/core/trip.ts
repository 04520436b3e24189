/** Something that changed around the suite while it ran, with whoever is behind it. */
export interface Trip {
  /**
   * `head`: another commit or branch was checked out. `index`: something was staged. `tree`: a
   * tracked file. `port`: a socket that listens. `file`: a new file in a watched directory.
   */
  readonly kind: 'head' | 'index' | 'tree' | 'port' | 'file';
  /** A path, relative to the project's root if inside; `HEAD`; or `tcp 127.0.0.1:8080`. */
  readonly what: string;
  readonly change: 'changed' | 'removed' | 'moved' | 'opened' | 'created';
  /** When it was noticed, milliseconds since the epoch. */
  readonly at: number;
  /** Whether it was as before again when it was looked at. */
  readonly undone: boolean;
  /** The units that ran at that moment; their ids. */
  readonly running: readonly string[];
  /** The unit that is behind it, where that is certain: it ran alone, or its process was seen. */
  readonly culprit: string | null;
  /** The process that was seen at it. */
  readonly process: {
    readonly pid: number;
    readonly startTime: number | null;
    readonly command: string;
    /** Its ancestors, the nearest first. */
    readonly parents: readonly { readonly pid: number; readonly command: string }[];
  } | null;
}

/** A trip, and whether it was the doing of the one that asks; null where that can't be told. */
export interface LaidTrip {
  readonly trip: Trip;
  readonly own: boolean | null;
}

/** Whether it makes the run's results doubtful: the suite itself changed, and stayed changed. */
export function isMutation({ kind, undone }: Trip): boolean {
  return !undone && (kind === 'head' || kind === 'index' || kind === 'tree');
}

/** One sentence for people. */
export function describeTrip(trip: Trip): string {
  const by = trip.process === null ? '' : ` by pid ${trip.process.pid} (${trip.process.command})`;
  const when =
    trip.culprit !== null
      ? ` of ${trip.culprit}`
      : trip.running.length === 0
        ? ' while no unit ran'
        : ` while ${listOf(trip.running)} ran`;
  const undone = trip.undone ? ', and was as before again at the end' : '';
  return `${trip.what} was ${trip.change}${by}${when}${undone}`;
}

const MOST = 5;

function listOf(units: readonly string[]): string {
  const shown = units.slice(0, MOST).join(', ');
  return units.length > MOST ? `${shown} and ${units.length - MOST} more` : shown;
}
