import { stripVTControlCharacters } from 'node:util';

/** Takes out colours and cursor movements; `\r\n` becomes `\n`. */
export function withoutAnsi(text: string): string {
  return stripVTControlCharacters(text).replaceAll('\r\n', '\n');
}
