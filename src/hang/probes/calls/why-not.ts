import { isSystemError } from '../../../core/errors.ts';

/** Why a tool of the machine could not trace, in a few words. */
export function whyNot(error: unknown): string {
  if (isSystemError(error)) return error.code === 'ENOENT' ? 'it is not installed' : error.code;
  const text = error instanceof Error ? error.message : String(error);
  const says = /(?:not permitted|permission|paranoid)[^\n]*/i.exec(text)?.[0];
  return says === undefined ? 'it failed' : 'it is not permitted';
}
