import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { withoutWarning } from '../../core/without-warning.ts';
import { type FaultKind, SqliteFault } from './fault.ts';

/** A row by column; read it with {@link text} and its like. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/** How long a lock is waited for, milliseconds; SQLite waits in this thread. */
const BUSY_TIMEOUT_MS = 2000;

/** An open database: the only file that knows `node:sqlite`. Faults are {@link SqliteFault}s. */
export class Database {
  readonly #db: DatabaseSync;

  constructor(file: string) {
    this.#db = guarded(() => new (loadSqlite().DatabaseSync)(file));
    this.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    this.exec('PRAGMA foreign_keys = ON');
  }

  exec(sql: string): void {
    guarded(() => this.#db.exec(sql));
  }

  prepare(sql: string): Statement {
    return new Statement(guarded(() => this.#db.prepare(sql)));
  }

  /** The one value of a query such as a pragma. */
  value(sql: string): SQLOutputValue {
    const row = this.prepare(sql).get();
    return row === undefined ? null : (Object.values(row)[0] ?? null);
  }

  /**
   * Runs the work in a transaction that has the write lock from its start: a read that turns into
   * a write midway would fail at once under another writer, without waiting
   * (https://www.sqlite.org/lang_transaction.html#immediate). Rolled back if the work throws.
   */
  transaction<T>(work: () => T): T {
    this.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk or a damaged page may have rolled back already, and then ROLLBACK fails.
      if (this.#db.isTransaction) this.exec('ROLLBACK');
      throw error;
    }
  }

  /** Shuts every other process out until this one closes the database or dies. */
  lock(): void {
    this.exec('BEGIN EXCLUSIVE');
  }

  /** Closing a closed database does nothing. */
  close(): void {
    if (this.#db.isOpen) guarded(() => this.#db.close());
  }
}

/** A prepared statement. */
export class Statement {
  readonly #statement: StatementSync;

  constructor(statement: StatementSync) {
    this.#statement = statement;
  }

  /** The row id of the last insert. */
  run(...values: readonly SQLInputValue[]): number {
    return guarded(() => Number(this.#statement.run(...values).lastInsertRowid));
  }

  get(...values: readonly SQLInputValue[]): Row | undefined {
    return guarded(() => this.#statement.get(...values));
  }

  /** One row after the other, none of which is kept. */
  *each(...values: readonly SQLInputValue[]): Generator<Row, void, undefined> {
    const rows = guarded(() => this.#statement.iterate(...values));
    try {
      for (;;) {
        const next = guarded(() => rows.next());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      // Who leaves early ends the read, too.
      rows.return?.();
    }
  }

  all(...values: readonly SQLInputValue[]): readonly Row[] {
    return guarded(() => this.#statement.all(...values));
  }
}

/** Text of a column that is never null. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw unexpected(column, 'text', value);
  return value;
}

/** A number of a column that is never null. */
export function number(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw unexpected(column, 'a number', value);
  return value;
}

/** A word of a closed list; one of a later version would have come with a newer schema. */
export function word<T extends string>(row: Row, column: string, words: readonly T[]): T {
  const value = row[column];
  const known = words.find((each) => each === value);
  if (known === undefined) throw unexpected(column, 'a known word', value);
  return known;
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

export function numberOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : number(row, column);
}

function unexpected(
  column: string,
  wanted: string,
  value: SQLOutputValue | undefined,
): SqliteFault {
  return new SqliteFault('corrupt', `expected ${wanted} in column ${column}, got ${String(value)}`);
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translated(error);
  }
}

/** Primary result codes, https://www.sqlite.org/rescode.html; the low byte of an extended one. */
const KINDS: ReadonlyMap<number, FaultKind> = new Map([
  [3, 'read-only'], // SQLITE_PERM
  [5, 'busy'],
  [6, 'busy'], // SQLITE_LOCKED
  [8, 'read-only'],
  [11, 'corrupt'],
  [13, 'full'],
  [23, 'read-only'], // SQLITE_AUTH
  [26, 'corrupt'], // SQLITE_NOTADB
]);

function translated(error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error)) return error;
  const code = Number(error.errcode);
  const kind = KINDS.get(code & 0xff) ?? 'failed';
  return new SqliteFault(kind, `${error.message} (SQLite result ${code})`, error);
}

/**
 * `node:sqlite` without the one warning that it is experimental, which Node 22 and 24 print when
 * it is loaded.
 */
function loadSqlite(): typeof import('node:sqlite') {
  const sqlite = withoutWarning('SQLite is an experimental feature', () =>
    process.getBuiltinModule('node:sqlite'),
  );
  if (sqlite === undefined) throw new SqliteFault('failed', 'this Node was built without SQLite');
  return sqlite;
}
