import { eastAsianWidth } from 'get-east-asian-width';

/** Marks that stand on the character before them, and joiners. */
const ZERO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Asks for the wide, coloured form of the character before it. */
const EMOJI_SELECTOR = 0xfe0f;

/** Columns that one character takes; never less than a terminal uses for it. */
function characterWidth(character: string): number {
  const codePoint = character.codePointAt(0) ?? 0;
  if (codePoint >= 0x20 && codePoint < 0x7f) return 1;
  if (codePoint === EMOJI_SELECTOR) return 1;
  return ZERO_WIDTH.test(character) ? 0 : eastAsianWidth(codePoint);
}

/** Columns that a sanitised text takes on a terminal, rather too many than too few. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The text, its end cut off where it takes more than so many columns. */
export function cutEnd(text: string, columns: number, ellipsis: string): string {
  if (fits(text, columns)) return text;
  const room = columns - textWidth(ellipsis);
  if (room < 0) return '';
  return take(text, room) + ellipsis;
}

/** The text, its beginning cut off: of a path, the end says more. */
export function cutStart(text: string, columns: number, ellipsis: string): string {
  if (fits(text, columns)) return text;
  const room = columns - textWidth(ellipsis);
  if (room < 0) return '';
  const reversed = Array.from(text).toReversed().join('');
  return ellipsis + Array.from(take(reversed, room)).toReversed().join('');
}

/** So that a heap of marks of no width does not pass for a short text. */
const CHARACTERS_PER_COLUMN = 4;

function fits(text: string, columns: number): boolean {
  return text.length <= columns * CHARACTERS_PER_COLUMN && textWidth(text) <= columns;
}

function take(text: string, columns: number): string {
  let taken = '';
  let width = 0;
  for (const character of text) {
    width += characterWidth(character);
    if (width > columns || taken.length >= columns * CHARACTERS_PER_COLUMN) break;
    taken += character;
  }
  return taken;
}
