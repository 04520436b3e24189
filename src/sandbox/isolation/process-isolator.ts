import { Supervised } from '../../process/supervised.ts';
import type { Isolator } from './isolator.ts';

/** An attempt as an ordinary process: what it starts is held by the tier alone. */
export const processIsolator: Isolator = {
  kind: 'process',
  because: 'as an ordinary process',
  engine: null,
  clear: () => Promise.resolve(),
  start: ({ spec, tier, token }) => Supervised.start(spec, tier, token),
};
