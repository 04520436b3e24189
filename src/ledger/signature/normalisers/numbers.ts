/**
 * Numbers that are names: of an ending, a protocol's answer or a system's error. Two faults that
 * differ in them are two.
 */
const NAMES =
  /\b(?:exit(?:ed)?(?: with)?(?: (?:status|code))?:?|exit_?code:?|status(?:[ _]?code)?:?|HTTP(?:\/\d(?:\.\d)?)?|signal|errno|Errno|error code:?|code:?|kind:?|sqlstate:?|returncode:?|rc)[ =]*-?\d+\b/gi;

const NUMBER = /(?<![\w<])[+-]?\d+(?:[.,_]\d+)*(?:e[+-]?\d+)?(?![\w>])/gi;
/** `worker-3`, `test_account0`: a counter behind a name. */
const COUNTER = /(?<=[A-Za-z][-_#])\d+\b/g;
const SEVERAL = /<n>(?:,\s*<n>)+(?:,\s*(?:\.{3}|…))?/g;
/** Stands where a name's number was, so that it is passed over. */
const KEPT = '\u0000';

/** Counts, sizes, seeds, process ids: every number that does not name something. */
export function normaliseNumbers(text: string): string {
  const kept: string[] = [];
  return text
    .replace(NAMES, (name) => {
      kept.push(name);
      return KEPT;
    })
    .replace(NUMBER, '<n>')
    .replace(COUNTER, '<n>')
    .replace(SEVERAL, '<n>, …')
    .replaceAll(KEPT, () => kept.shift() ?? '');
}
