import { stripVTControlCharacters } from 'node:util';

/**
 * Controls, and what hides or reorders text: format characters but for the joiners that emoji and
 * some scripts need (ZWJ, ZWNJ), line and paragraph separators, and tag characters.
 * https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 */
const UNSAFE = /(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * CI systems take commands from anywhere in a line: `##[error]` (GitHub's runner), `##vso[…]`
 * (Azure), `##teamcity[…]`.
 */
const LINE_COMMAND = /##(?=[a-z]*\[)/gi;

/**
 * One line from a test, made harmless for a terminal: without escape sequences, a tab as spaces,
 * any other control or hidden character in writing (`\u{7}`).
 */
export function sanitiseLine(text: string): string {
  return stripVTControlCharacters(text)
    .toWellFormed()
    .replaceAll('\t', '  ')
    .replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
    .replace(LINE_COMMAND, '# #');
}
