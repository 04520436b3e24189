export const TRIP_KINDS = ['head', 'index', 'tree', 'port', 'file'] as const;

export const TRIP_CHANGES = [
  'changed',
  'removed',
  'moved',
  'restored',
  'opened',
  'created',
] as const;

/** Something that changed around the suite while it ran, with whoever is behind it. */
export interface Trip {
  /**
   * `head`: another commit or branch was checked out. `index`: something was staged. `tree`: a
   * tracked file. `port`: a socket that listens. `file`: an entry of a watched directory.
   */
  readonly kind: (typeof TRIP_KINDS)[number];
  /** A path, relative to the project's root if inside; `HEAD`; or `tcp 127.0.0.1:8080`. */
  readonly what: string;
  /** `restored`: it had been changed before, and is now as it was at the run's start. */
  readonly change: (typeof TRIP_CHANGES)[number];
  /** More of it for people, such as from where to where; null where there is no more. */
  readonly detail: string | null;
  /**
   * When it was noticed, milliseconds since the epoch; null where it was only found at the end, so
   * that nobody knows who ran then.
   */
  readonly at: number | null;
  /** Whether it was as before again when it was looked at. */
  readonly undone: boolean;
  /** The units that ran at that moment; their ids. */
  readonly running: readonly string[];
  /** The unit that is behind it: its process was seen, or it was the only one that ran. */
  readonly culprit: string | null;
  /** The process that was seen at it. */
  readonly process: {
    readonly pid: number;
    readonly startTime: number | null;
    readonly command: string;
    /** Its ancestors, the nearest first. */
    readonly parents: readonly { readonly pid: number; readonly command: string }[];
  } | null;
  /** How many others of the same kind, change and circumstances this one stands for, too. */
  readonly others: number;
}

/** A trip, and what the one that asks has to do with it. */
export interface LaidTrip {
  readonly trip: Trip;
  /** Whether it was its doing; null where that can't be told. */
  readonly own: boolean | null;
  /** It was before the one that asks began, and still stood then. */
  readonly before: boolean;
}

/** Whether it makes the run's results doubtful: the suite itself changed, and stayed changed. */
export function isMutation({ kind, change, undone }: Trip): boolean {
  return !undone && change !== 'restored' && SUITE.has(kind);
}

const SUITE: ReadonlySet<Trip['kind']> = new Set(['head', 'index', 'tree']);

/** One sentence for people. */
export function describeTrip(trip: Trip): string {
  const many = trip.others > 0 ? ` and ${trip.others} more` : '';
  const was = trip.others > 0 ? 'were' : 'was';
  const detail = trip.detail === null ? '' : ` ${trip.detail}`;
  const undone = trip.undone ? ', and was as before again at the end' : '';
  return `${trip.what}${many} ${was} ${trip.change}${detail}${byWhom(trip)}${undone}`;
}

function byWhom({ at, culprit, process, running }: Trip): string {
  if (process !== null) {
    const of = culprit === null ? whileThey(running) : ` of ${culprit}`;
    return ` by pid ${process.pid} (${process.command})${of}`;
  }
  if (at === null) return ' at some time during the run';
  return culprit === null ? whileThey(running) : ` while only ${culprit} ran`;
}

const MOST = 5;

function whileThey(running: readonly string[]): string {
  if (running.length === 0) return ' while no unit ran';
  const shown = running.slice(0, MOST).join(', ');
  return ` while ${shown}${running.length > MOST ? ` and ${running.length - MOST} more` : ''} ran`;
}
