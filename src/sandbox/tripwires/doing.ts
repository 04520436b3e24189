import type { Trip } from '../../core/trip.ts';
import { parentsOf } from '../../process/describe-left.ts';
import type { Member } from '../../process/member.ts';
import { readProcDirectory, readProcFile, readProcLink } from '../../process/proc-stat.ts';
import type { Change, Wire } from './wire.ts';

/** What a process does at the moment at which it is looked at. */
export class Doing {
  readonly member: Member;
  readonly #directory: string | null;
  /** The files that it has open for writing. */
  readonly #written: ReadonlySet<string>;
  #described: Trip['process'] = null;

  constructor(member: Member) {
    this.member = member;
    this.#directory = readProcLink(`/proc/${member.pid}/cwd`);
    this.#written = filesWritten(member.pid);
  }

  /** Whether it is one that makes such a change, or has the file open that is written for it. */
  isAt(change: Change, wire: Wire): boolean {
    const is =
      change.files.some((file) => this.#written.has(file)) ||
      wire.isKnownFor(change, this.member.command, this.#directory);
    // Its ancestors are there now: at the end of the attempt none may be.
    if (is) this.#described ??= describeProcess(this.member);
    return is;
  }

  /** As a trip names it. */
  get process(): Trip['process'] {
    return this.#described ?? describeProcess(this.member);
  }
}

/** A process with its ancestors, as a trip names it. */
export function describeProcess(member: Member): Trip['process'] {
  const { pid, startTime, command } = member;
  return { pid, startTime, command, parents: parentsOf(member) };
}

/** The access mode in a descriptor's flags, an octal number (proc_pid_fdinfo(5), open(2)). */
const FLAGS = /^flags:\s+([0-7]+)/m;
const ACCESS_MODE = 0o3;

function filesWritten(pid: number): ReadonlySet<string> {
  const files = new Set<string>();
  for (const descriptor of readProcDirectory(`/proc/${pid}/fd`)) {
    const file = readProcLink(`/proc/${pid}/fd/${descriptor}`);
    if (file === null || !file.startsWith('/')) continue;
    const flags = FLAGS.exec(readProcFile(`/proc/${pid}/fdinfo/${descriptor}`) ?? '')?.[1];
    if (flags !== undefined && (Number.parseInt(flags, 8) & ACCESS_MODE) !== 0) files.add(file);
  }
  return files;
}
