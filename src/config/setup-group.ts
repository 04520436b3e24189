import * as v from 'valibot';
import { duration, type Group, group, texts } from './values.ts';

export interface SetupGroup {
  readonly name: string;
  readonly command: readonly string[];
  readonly dir: string;
  readonly service: boolean;
  readonly ready?: string | undefined;
  /** Milliseconds. */
  readonly within: number;
}

/** `[[setup]]`: what is done once before the first unit; several are done in their order. */
export const setupGroup: Group<SetupGroup> = group({
  name: v.pipe(
    v.pipe(
      v.string('Expected text'),
      v.regex(/^[\w.-]+$/, 'Expected letters, digits, ".", "_" and "-" only'),
    ),
    v.description('What it is called in reports, such as "db".'),
  ),
  command: v.pipe(
    v.pipe(texts, v.minLength(1, 'Expected a program and its arguments')),
    v.description('The program and its arguments; no shell is in between.'),
  ),
  dir: v.pipe(
    v.optional(v.string('Expected text'), '.'),
    v.description('Where it is run, relative to the root. Default: the root.'),
  ),
  service: v.pipe(
    v.optional(v.boolean('Expected true or false'), false),
    v.description(
      'Whether it goes on while the units run, and is ended after them. Default: false, it must end with 0 first.',
    ),
  ),
  ready: v.pipe(
    v.optional(
      v.pipe(
        v.string('Expected text'),
        v.regex(/^(?:unix:.+|(?:[^:/]+|\[[^\]]+\]):\d+)$/, 'Expected "host:port" or "unix:PATH"'),
      ),
    ),
    v.description(
      'Where it can be connected to once it is ready: "127.0.0.1:5432", or "unix:PATH" for a socket.',
    ),
  ),
  within: v.pipe(
    v.optional(duration, 60),
    v.description('How long it may take until it has ended, or is ready. Default: 60 s.'),
  ),
});
