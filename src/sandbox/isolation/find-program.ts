import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** The first of these directories' programs of that name; null where none has it. */
export function findProgram(name: string, places: readonly string[]): string | null {
  return places.map((place) => join(place, name)).find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
