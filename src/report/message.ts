import { stripVTControlCharacters } from 'node:util';

/** A line of a stack: JavaScript's `at f (file:1:2)`. */
const FRAME = /^\s+at\s/;

/** An error's class at the head of its message: `AssertionError [ERR_ASSERTION]: …`. */
const ERROR_CLASS = /^(?:Uncaught )?([A-Za-z_$][\w.$]*(?:Error|Exception|Failure))\b/;

/** The first lines of a failure's message, without its stack and without colours. */
export function messageHead(message: string | null, maxLines: number): string[] {
  if (message === null) return [];
  const lines: string[] = [];
  for (const line of stripVTControlCharacters(message).split(/\r\n|[\n\r\u2028\u2029]/)) {
    if (FRAME.test(line) || lines.length > maxLines) break;
    if (line.trim() !== '' || lines.length > 0) lines.push(line);
  }
  while (lines.at(-1)?.trim() === '') lines.pop();
  return lines.slice(0, maxLines);
}

/** The line that says most in one: the first that is not empty. */
export function messageLine(message: string | null): string | null {
  return messageHead(message, 1)[0]?.trim() ?? null;
}

/** The class of the error, such as `AssertionError`; null where the message does not begin so. */
export function errorClass(message: string | null): string | null {
  return ERROR_CLASS.exec(messageLine(message) ?? '')?.[1] ?? null;
}
