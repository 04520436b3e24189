import { benchLpt } from '../lpt.ts';
import type { Bench } from '../row.ts';

/** The plan's makespan and shards on recorded and on drawn durations; see `lpt.ts`. */
export const planBench: Bench = {
  name: 'lpt',
  title: 'The plan: longest first, on recorded durations',
  run: () =>
    Promise.resolve({
      kind: 'measured',
      how: 'Calculated, nothing is run: the makespan of the plan, given the durations that it then meets, against max(longest, sum / workers), which no plan can beat; its fullest shard against those of a hash and a round-robin split of the same units. `recorded/` says where the durations come from.',
      rows: benchLpt(),
    }),
};
