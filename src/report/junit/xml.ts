import { stripVTControlCharacters } from 'node:util';

/**
 * What XML 1.0 forbids (https://www.w3.org/TR/xml/#charsets): most control characters, lone
 * surrogates, U+FFFE and U+FFFF. Of what it only discourages DEL and C1 go too: a terminal takes
 * U+009B for the start of an escape sequence. NEL (U+0085) is text and stays.
 */
const UNWANTED =
  // oxlint-disable-next-line no-control-regex
  /[^\t\n\r\u{20}-\u{7E}\u{85}\u{A0}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** Text without escape sequences and without the characters that a document may not hold. */
export function cleanText(text: string): string {
  return stripVTControlCharacters(text).replace(UNWANTED, '');
}

/** Character data. `>` too, for `]]>`; a bare CR would be read back as LF. */
export function escapeText(text: string): string {
  return cleanText(text).replace(/[&<>\r]/g, reference);
}

/** An attribute's value. A parser turns a bare tab or newline into a space. */
function escapeAttribute(text: string): string {
  return cleanText(text).replace(/[&<>"\t\n\r]/g, reference);
}

function reference(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

export type Attributes = Readonly<Record<string, string | number | null>>;

/**
 * An element.
 *
 * @param attributes those that are null are left out
 * @param content markup, already escaped; empty for an empty element
 */
export function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`)
    .join('');
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}
