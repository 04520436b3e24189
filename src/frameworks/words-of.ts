import type { ProcessResult } from './framework.ts';

/** How much of a framework's own words an error repeats, in characters from their end. */
const WORDS_LENGTH = 4_000;

/** What a framework that was asked said of its failure: stderr, or stdout where that is empty. */
export function wordsOf({ stderr, stdout }: ProcessResult): string {
  const words = stderr.trim() || stdout.trim() || 'it said nothing';
  return words.slice(-WORDS_LENGTH);
}
