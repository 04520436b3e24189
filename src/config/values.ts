import * as v from 'valibot';
import { parseDuration } from '../core/duration-text.ts';

const NO_DURATION = 'Expected a duration such as 300, "90s", "5m" or "250ms"';

function millisecondsOf(value: number | string): number | null {
  return typeof value === 'number' ? value * 1000 : parseDuration(value);
}

/** A duration: a number of seconds, or text such as `90s`, `5m`, `250ms`; milliseconds. */
export const duration: v.GenericSchema<number | string, number> = v.pipe(
  v.union([v.number(), v.string()], NO_DURATION),
  // Asked here, so that what is told is what was written, and not what became of it.
  v.check((value) => millisecondsOf(value) !== null, NO_DURATION),
  v.transform(millisecondsOf),
  v.number(NO_DURATION),
  v.minValue(1, 'Expected a duration longer than nothing'),
);

/** A whole number that is not below `least`. */
export function wholeNumber(least: number): v.GenericSchema<number> {
  const message = `Expected a whole number of ${least} or more`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(least, message));
}

/** A list of texts. */
export const texts: v.GenericSchema<string[]> = v.array(
  v.string('Expected text'),
  'Expected a list of texts',
);

/** A group of settings: its schema, and what its documentation is made from. */
export interface Group<T> {
  readonly schema: v.GenericSchema<unknown, T>;
  readonly settings: readonly { readonly name: string; readonly description: string }[];
}

/** Makes a group of its settings; an unknown one is an error. */
export function group<
  const E extends v.ObjectEntries,
  T extends v.InferOutput<v.StrictObjectSchema<E, undefined>>,
>(entries: E): Group<T> {
  return {
    schema: v.strictObject(entries) as unknown as v.GenericSchema<unknown, T>,
    settings: Object.entries(entries).map(([name, schema]) => ({
      name,
      description: v.getDescription(schema) ?? '',
    })),
  };
}
