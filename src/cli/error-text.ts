import { describeFault, isSystemError, PindownError, remedyFor } from '../core/errors.ts';
import { sanitiseLine } from '../report/terminal/sanitise.ts';

/** What is no defect of ours wherever it is met: the machine has no more to give. */
const EXHAUSTED: ReadonlySet<string> = new Set([
  'EAGAIN',
  'EDQUOT',
  'EMFILE',
  'ENFILE',
  'ENOMEM',
  'ENOSPC',
]);

/**
 * What the terminal says of an error: a known one in friendly lines; an unknown one is a defect of
 * ours and keeps its stack. Either may repeat what a framework has said, in any characters.
 */
export function errorText(error: unknown): string {
  return plainText(error)
    .split(/\r\n|[\n\r]/)
    .map(sanitiseLine)
    .join('\n');
}

function plainText(error: unknown): string {
  if (error instanceof PindownError) {
    return `error: ${error.message}\n${error.hint === null ? '' : `${error.hint}\n`}`;
  }
  if (isSystemError(error) && EXHAUSTED.has(error.code)) {
    return `error: This machine has no more of what Pindown needs: ${describeFault(error)}. Nothing is known of the suite.\n${remedyFor(error)}\n`;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `error: Pindown itself failed, so nothing is known of the suite. This is a defect of Pindown: please report it with these lines.\n${stack}\n`;
}
