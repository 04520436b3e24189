import type { Shard } from '../core/run.ts';
import type { Plan } from '../plan/plan.ts';
import { counted } from '../report/counted.ts';
import type { Notice } from './notice.ts';

/** Whether a run has none of the units of a plan that has some. */
export function isEmptyShard(plan: Pick<Plan, 'mine' | 'entries'>): boolean {
  return plan.mine.length === 0 && plan.entries.length > 0;
}

/** Says that nothing is going to be run here, so that green does not pass for tested. */
export function emptyShardNotices(
  plan: Pick<Plan, 'mine' | 'entries'>,
  shard: Shard | null,
): Notice[] {
  if (shard === null || !isEmptyShard(plan)) return [];
  const units = counted(plan.entries.length, 'unit');
  return [
    {
      level: 'warning',
      code: 'empty-shard',
      message: `none of the plan's ${units} came to this shard (${shard.index}/${shard.total}), so nothing was run in it; "pindown merge" says what all shards came to`,
    },
  ];
}
