// Records a run of as many units as asked for, each in a transaction of its own; prints its number.
import { aRun, aUnit } from '../samples.ts';
import { openForTest } from '../sqlite/open-for-test.ts';

const [file = '', name = '', units = '0'] = process.argv.slice(2);
const history = openForTest(file);
const run = aRun();
const number = history.beginRun(run);
for (let unit = 0; unit < Number(units); unit += 1) {
  history.recordUnits(run.id, [aUnit(`${name}-${unit}`, ['failed', 'passed'])]);
}
history.close();
process.stdout.write(`${number}\n`);
