import { basename, join } from 'node:path';
import { fileSize } from '../core/file-ends.ts';
import { HANG_FILES } from './hang-looks.ts';

/** The files of one job, in its directory below the run's. */
export class JobFiles {
  readonly dir: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly results: string;

  constructor(runDir: string, token: string) {
    this.dir = join(runDir, 'attempts', token);
    this.stdout = join(this.dir, 'stdout.log');
    this.stderr = join(this.dir, 'stderr.log');
    this.results = join(this.dir, 'results.ndjson');
  }

  /** What the job itself writes, so that it moves as long as one of them grows. */
  get written(): readonly string[] {
    return [this.stdout, this.stderr, this.results];
  }

  /** Those that hold something for people, relative to the run's directory. */
  evidence(): string[] {
    const looks = HANG_FILES.map((name) => join(this.dir, name));
    return [...this.written, ...looks]
      .filter((file) => fileSize(file) > 0)
      .map((file) => `attempts/${basename(this.dir)}/${basename(file)}`);
  }
}
