import { environmentError } from '../core/errors.ts';
import type { ProcessResult } from './framework.ts';
import { wordsOf } from './words-of.ts';

/**
 * The error of a lister that wrote nothing, in its framework's own words.
 *
 * @param advice a command of the framework's own that shows whether it is the project's fault
 */
export function listFailed(
  {
    name,
    title,
    advice,
  }: { readonly name: string; readonly title: string; readonly advice: string },
  result: ProcessResult,
): Error {
  return environmentError(
    `${name}-list-failed`,
    `${title} could not list its test files${result.timedOut ? ' in time' : ''}:\n${wordsOf(result)}`,
    `Does \`${advice}\` work there?`,
  );
}
