import { PindownError } from '../../../src/core/errors.ts';

/** For `assert.rejects`: a PindownError of that code with a way out and a message like that. */
export function isPindownError(code: string, message: RegExp): (error: unknown) => boolean {
  return (error) =>
    error instanceof PindownError &&
    error.code === code &&
    error.hint !== null &&
    message.test(error.message);
}
