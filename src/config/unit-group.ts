import * as v from 'valibot';
import { type Group, group, texts } from './values.ts';

export interface UnitGroup {
  readonly match: readonly string[];
  readonly needs: readonly string[];
}

/** `[[unit]]`: what holds for some of the units; of several that match, all hold. */
export const unitGroup: Group<UnitGroup> = group({
  match: v.pipe(
    v.pipe(texts, v.minLength(1, 'Expected at least one glob')),
    v.description('Globs of unit paths.'),
  ),
  needs: v.pipe(
    v.optional(texts, []),
    v.description('The resources, by their names in [resources], that a unit holds while it runs.'),
  ),
});
