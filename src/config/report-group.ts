import * as v from 'valibot';
import { type Group, group } from './values.ts';

export interface ReportGroup {
  readonly out?: string | undefined;
  readonly github?: boolean | undefined;
}

/** `[report]`: what is written beside the run's own directory. */
export const reportGroup: Group<ReportGroup> = group({
  out: v.pipe(
    v.optional(v.string('Expected text')),
    v.description("A directory that a run's reports are copied to, relative to the root."),
  ),
  github: v.pipe(
    v.optional(v.boolean('Expected true or false')),
    v.description('GitHub annotations and step summary. Default: in GitHub Actions.'),
  ),
});
