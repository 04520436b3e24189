import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  describeFault,
  environmentError,
  isSystemError,
  PindownError,
  type SystemError,
} from '../../core/errors.ts';
import type { History } from '../history.ts';
import { Database } from './driver.ts';
import { type FaultKind, historyError, SqliteFault } from './fault.ts';
import {
  APPLICATION_ID,
  migrate,
  type Migrations,
  readMigrations,
  schemaVersion,
} from './migrate.ts';
import { type SetAside, setAside } from './set-aside.ts';
import { SqliteHistory } from './sqlite-history.ts';
import { clearSuspicion, suspicion } from './suspicion.ts';

export type OpenedHistory =
  | {
      readonly kind: 'open';
      readonly history: History;
      /** A damaged history that a new one took the place of; to be told to the user. */
      readonly setAside: SetAside | null;
    }
  /**
   * There can be no history now, and why: `history-newer`, `history-read-only`, `history-full`,
   * `history-busy` or `history-failed`. A run goes on without and says so.
   */
  | { readonly kind: 'unavailable'; readonly error: PindownError };

export interface OpenOptions {
  /**
   * The lowest number that a run may get, asked only when a new history is made: higher than all
   * that the directories of runs show, so that no number is used twice.
   */
  readonly minimumNumber?: () => number;
}

const IN_MEMORY = ':memory:';

/**
 * Opens the history, making or upgrading it as needed; never throws for a fault of the file or its
 * place. A damaged file, or one of another program, is set aside under a new name.
 *
 * @param file absolute, or `:memory:`
 */
export function openHistory(file: string, options: OpenOptions = {}): OpenedHistory {
  try {
    if (file === IN_MEMORY) return opened(new Database(file), file, options, null);
    mkdirSync(dirname(file), { recursive: true });
    accessSync(dirname(file), constants.W_OK);
    if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK);
    return openAlone(file, options);
  } catch (error) {
    return { kind: 'unavailable', error: asUserError(file, error) };
  }
}

/** One process at a time makes, upgrades or sets aside; the kernel drops a dead one's lock. */
function openAlone(file: string, options: OpenOptions): OpenedHistory {
  const lock = new Database(`${file}.lock`);
  try {
    lock.lock();
    const db = new Database(file);
    try {
      check(db, file);
      return opened(db, file, options, null);
    } catch (error) {
      if (!(error instanceof SqliteFault) || error.kind !== 'corrupt') {
        db.close();
        throw error;
      }
      // Still open: SQLite writes its log back on closing, but not into a file that was moved.
      const aside = setAside(file, error.message);
      db.close();
      return opened(new Database(file), file, options, aside);
    }
  } finally {
    lock.close();
  }
}

/**
 * The checks that cost next to nothing; reading the schema already shows a bad header and a file
 * that is shorter than it should be.
 */
function check(db: Database, file: string): void {
  const tables = db.value('SELECT count(*) FROM sqlite_schema');
  const application = db.value('PRAGMA application_id');
  if (tables !== 0 && application !== APPLICATION_ID) {
    const whose = `another program's database (application ${String(application)})`;
    throw new SqliteFault('corrupt', whose);
  }
  const fault = suspicion(file);
  if (fault === null) return;
  const report = db.value('PRAGMA integrity_check(1)');
  if (report !== 'ok') {
    throw new SqliteFault('corrupt', `${String(report)}, found after "${fault}"`);
  }
  clearSuspicion(file);
}

function opened(
  db: Database,
  file: string,
  options: OpenOptions,
  aside: SetAside | null,
): OpenedHistory {
  const migrations = readMigrations();
  refuseNewer(db, file, migrations);
  // Readers don't wait for a writer then, and a commit needs no fsync: after a power cut the last
  // commits may be missing (the runs' directories have them), but the file is whole.
  if (db.value('PRAGMA journal_mode = WAL') === 'wal') db.exec('PRAGMA synchronous = NORMAL');
  migrate(db, migrations, () => {
    const lowest = options.minimumNumber?.() ?? 1;
    db.prepare(`INSERT INTO sqlite_sequence (name, seq) VALUES ('runs', ?)`).run(lowest - 1);
  });
  const history = new SqliteHistory(db, file === IN_MEMORY ? null : file);
  return { kind: 'open', history, setAside: aside };
}

function refuseNewer(db: Database, file: string, migrations: Migrations): void {
  const version = schemaVersion(db);
  if (version <= migrations.length) return;
  throw environmentError(
    'history-newer',
    `The history ${file} has schema ${version}; this Pindown knows up to ${migrations.length}.`,
    'A newer Pindown wrote it. Use that one, or move the file away to begin a new history.',
  );
}

function asUserError(file: string, error: unknown): PindownError {
  if (error instanceof PindownError) return error;
  if (error instanceof SqliteFault) return historyError(file, error);
  if (!isSystemError(error)) throw error;
  return historyError(file, new SqliteFault(faultKind(error), describeFault(error), error));
}

function faultKind(error: SystemError): FaultKind {
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'read-only';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'full';
    default:
      return 'failed';
  }
}
