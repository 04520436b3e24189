// Opens a history as a user whom permissions bind; prints why it could not.
import { openHistory } from '../../../src/history/sqlite/open.ts';

const NOBODY = 65_534;
const [file = ''] = process.argv.slice(2);
if (process.getuid?.() === 0) process.setuid?.(NOBODY);
const opened = openHistory(file);
process.stdout.write(
  opened.kind === 'open' ? 'open' : `${opened.error.code} ${opened.error.message}`,
);
