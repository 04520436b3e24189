import { stripVTControlCharacters } from 'node:util';

/**
 * Text that Markdown shows as it is: every ASCII punctuation mark as a character reference, which
 * can't stand for structure (https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references).
 */
export function markdownText(text: string): string {
  return singleLine(text).replace(/[!-/:-@[-`{-~]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

/** A block that is shown letter by letter; a `<pre>` has no fence that its text could close. */
export function preformatted(lines: readonly string[]): string {
  const escaped = lines.map((line) =>
    singleLine(line).replace(/[&<>]/g, (mark) => `&#${mark.charCodeAt(0)};`),
  );
  return `<pre>\n${escaped.join('\n')}\n</pre>`;
}

/** Line ends and controls become spaces; bidirectional controls, which could turn a line, go. */
function singleLine(text: string): string {
  return stripVTControlCharacters(text)
    .toWellFormed()
    .replace(/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
}
