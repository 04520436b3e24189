import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { isSystemError } from '../core/errors.ts';

/**
 * What an adapter's lister wrote; null where it wrote nothing, having failed.
 *
 * @throws what valibot or JSON says where it is something else
 */
export async function readListing<Schema extends v.GenericSchema>(
  file: string,
  schema: Schema,
): Promise<v.InferOutput<Schema> | null> {
  try {
    return v.parse(schema, JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return null;
    throw error;
  }
}
