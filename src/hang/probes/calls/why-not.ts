import { isSystemError } from '../../../core/errors.ts';

/** What a shell says of a program that is not there. */
const NOT_FOUND = 127;

function exitCodeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}

/** Why a tool of the machine could not trace, in a few words. */
export function whyNot(error: unknown): string {
  if (isSystemError(error)) return error.code;
  if (exitCodeOf(error) === NOT_FOUND) return 'it is not installed';
  const text = error instanceof Error ? error.message : String(error);
  const says = /(?:not permitted|permission|paranoid)[^\n]*/i.exec(text)?.[0];
  return says === undefined ? 'it failed' : 'it is not permitted';
}
