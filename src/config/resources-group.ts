import * as v from 'valibot';
import { type Group, wholeNumber } from './values.ts';

/** `[resources]`: what units share, each with how many may use it at once. */
export type ResourcesGroup = Readonly<Record<string, number>>;

export const resourcesGroup: Group<ResourcesGroup> = {
  schema: v.record(
    v.pipe(
      v.string(),
      v.regex(/^[\w.-]+$/, 'Expected a name of letters, digits, ".", "_" and "-" only'),
    ),
    wholeNumber(1),
  ),
  settings: [
    {
      name: 'NAME',
      description:
        'How many units may use it at once, over all runs of this user on this machine: db = 2. A unit that needs it waits for its turn without holding up others.',
    },
  ],
};
