import * as v from 'valibot';
import { type Group, group } from './values.ts';

export interface PytestGroup {
  readonly warm: boolean;
}

/** `[pytest]`: how its processes are started. */
export const pytestGroup: Group<PytestGroup> = group({
  warm: v.pipe(
    v.optional(v.boolean('Expected true or false'), true),
    v.description(
      'Whether pytest and its installed plugins are loaded once in a run and a process is forked for each file (Linux; a second attempt is always started anew). Default: true.',
    ),
  ),
});
