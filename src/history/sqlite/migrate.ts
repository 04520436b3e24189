import { readdirSync, readFileSync } from 'node:fs';
import { type Database, number } from './driver.ts';

/** "PIND": in the file's header, so that `file` and we can tell it from another's database. */
export const APPLICATION_ID = 0x50494e44;

/** The migrations in order; the schema's version is how many of them were applied. */
export type Migrations = readonly string[];

/** Reads the numbered `.sql` files beside this module, from the source as from the built tree. */
export function readMigrations(): Migrations {
  const directory = new URL('./migrations/', import.meta.url);
  const files = readdirSync(directory)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  return files.map((name, index) => {
    if (Number.parseInt(name, 10) !== index + 1) {
      throw new Error(`Expected migration ${index + 1}, got ${name}`);
    }
    return readFileSync(new URL(name, directory), 'utf8');
  });
}

export function schemaVersion(db: Database): number {
  return number(db.prepare('PRAGMA user_version').get() ?? {}, 'user_version');
}

/**
 * Applies what is missing, all in one transaction.
 *
 * @param created called in that transaction if the database was empty before
 */
export function migrate(db: Database, migrations: Migrations, created: () => void): void {
  // Asked before for the usual case: opening need not wait for another run's transaction.
  if (schemaVersion(db) === migrations.length) return;
  db.transaction(() => {
    const from = schemaVersion(db);
    if (from === migrations.length) return;
    for (const sql of migrations.slice(from)) db.exec(sql);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    db.exec(`PRAGMA user_version = ${migrations.length}`);
    if (from === 0) created();
  });
}
