// Records a run of one unit into a history that may have to be set aside first; prints its number.
import { aRun, aUnit } from '../samples.ts';
import { mustOpen } from '../sqlite/open-for-test.ts';

const [file = '', name = ''] = process.argv.slice(2);
const { history } = mustOpen(file);
const run = aRun();
const number = history.beginRun(run);
history.recordUnits(run.id, [aUnit(name, ['passed'])]);
history.close();
process.stdout.write(`${number}\n`);
