import { setTimeout as pause } from 'node:timers/promises';
import { DeadlineError, withDeadline } from 'pindown';

try {
  await withDeadline((signal) => pause(60_000, null, { signal }), 20, { what: 'a nap' });
} catch (error) {
  if (!(error instanceof DeadlineError)) throw error;
  console.assert(error.message === 'a nap: not done within 20 ms');
}
