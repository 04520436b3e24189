import { environmentError, PindownError, remedyFor, usageError } from '../../core/errors.ts';
import { EXIT } from '../../core/exit-status.ts';
import { acquireLease } from '../../lease/acquire-lease.ts';
import { BACKENDS } from '../../lease/claims.ts';
import type { Lease, LeaseBlocked, LeaseFailed, LeaseOptions } from '../../lease/lease.ts';
import { leaseRoot } from '../../lease/lease-root.ts';
import { MOST_PERMITS } from '../../lease/token.ts';
import { formatDuration } from '../../report/duration.ts';
import { type Command, defineCommand } from '../command.ts';
import { holdersText, leasesJson, leasesText, releaseStaleText } from '../lease/describe-leases.ts';
import { runUnderLease } from '../lease/run-under-lease.ts';
import { InterruptedEarly, listenForInterrupts } from '../run/interrupts.ts';

const OPTIONS = {
  limit: {
    kind: 'integer',
    placeholder: 'N',
    min: 1,
    max: MOST_PERMITS,
    summary: 'let so many hold KEY at once; of different limits the smallest counts',
    default: '1',
  },
  wait: {
    kind: 'duration',
    placeholder: 'DURATION',
    summary: 'wait so long for a permit',
    default: 'one attempt, and no wait',
  },
  root: {
    kind: 'string',
    placeholder: 'DIR',
    summary: 'keep leases there; the same for all who share',
    default: 'PINDOWN_LEASE_ROOT, or .local/state/pindown/leases in your home',
  },
  backend: {
    kind: 'enum',
    values: BACKENDS,
    summary: 'keep KEY by locks of the kernel, or by files',
    default: 'what KEY is kept by, or else kernel where it is to be had',
  },
  'show-holders': {
    kind: 'boolean',
    summary: 'tell who holds: pids and command lines, which may end in a log that others read',
  },
  stale: { kind: 'boolean', summary: 'with release: take away what the dead left' },
  json: { kind: 'boolean', summary: 'with list: print JSON' },
} as const;

export const leaseCommand: Command = defineCommand({
  name: 'lease',
  summary: 'run a command while holding one of N permits that all share',
  usage: [
    'lease KEY [--limit N] [--wait DURATION] [options] -- COMMAND [ARGUMENT…]',
    'lease list [--show-holders] [--json] [--root DIR]',
    'lease release --stale [--root DIR]',
  ],
  description: [
    'Holds one of N permits of KEY while the command runs, for what suites share and can not share: a database, a device, a provider with a limit on concurrent calls. There is no server. A permit ends with its holder, however that ends: the kernel releases it, or, where there is no way to its locks, the next one who comes proves that the holder is dead.',
    'The command gets PINDOWN_LEASE_TOKEN, a number that grows with every holder, by which a resource can turn away one who lost its lease and does not know; and PINDOWN_LEASE_SLOT, from 0, which nobody else has now. It inherits the descriptor 3, which holds the permit where Pindown is killed before it.',
    'Waiters are served in order. The exit status is that of the command; 75 where no permit became free in time, 127 or 126 where the command could not be started, and 6 where the file system refuses what leases need.',
  ],
  positionals: { min: 1, max: 1 },
  takesRest: true,
  options: OPTIONS,
  examples: [
    {
      command: 'pindown lease db --limit 2 --wait 5m -- npm run test:db',
      explains: 'at most two at once',
    },
    { command: 'pindown lease list --show-holders', explains: 'who holds what' },
  ],
  async run({ options, positionals: [key = ''], rest }, io) {
    const root = leaseRoot(options.root);
    const showHolders = options['show-holders'] === true;
    if (rest !== null && rest.length > 0) {
      const { limit = 1, wait = 0, backend } = options;
      const asked = { key, limit, wait, root, ...(backend === undefined ? {} : { backend }) };
      const lease = await acquire(asked, showHolders);
      if (typeof lease === 'number') return lease;
      try {
        return await runUnderLease(lease, rest, io);
      } finally {
        await lease.release();
      }
    }
    if (key === 'list') {
      await io.print((options.json === true ? leasesJson : leasesText)(root, showHolders));
      return 0;
    }
    if (key === 'release' && options.stale === true) {
      await io.print(releaseStaleText(root));
      return 0;
    }
    throw usageError(
      'lease-command-missing',
      key === 'release'
        ? 'Only what the dead left can be released: pindown lease release --stale.'
        : `Expected a command to run with the lease: pindown lease ${key} -- COMMAND.`,
    );
  },
});

/** A lease, or the exit status where an interrupt came first. */
async function acquire(asked: LeaseOptions, showHolders: boolean): Promise<Lease | number> {
  const interrupts = listenForInterrupts();
  try {
    const result = await acquireLease({ ...asked, signal: interrupts.signal });
    const reason: unknown = interrupts.signal.reason;
    switch (result.kind) {
      case 'acquired':
        return result;
      case 'failed':
        throw failed(asked, result);
      case 'blocked':
        if (result.reason !== 'cancelled' || !(reason instanceof InterruptedEarly)) {
          throw blocked(asked, result, showHolders);
        }
        return reason.signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    }
  } finally {
    interrupts.stop();
  }
}

function blocked(
  { key, root, wait = 0 }: LeaseOptions,
  { because, oldestMs }: LeaseBlocked,
  showHolders: boolean,
): PindownError {
  const waited = wait === 0 ? '' : ` within ${formatDuration(wait)}`;
  const since = oldestMs === null ? '' : `, the longest for ${formatDuration(oldestMs)}`;
  return new PindownError(
    'lease-blocked',
    `There was no permit of ${JSON.stringify(key)}${waited}: ${because}${since}.`,
    {
      exitCode: EXIT.blocked,
      hint: showHolders
        ? holdersText(leaseRoot(root), key)
        : 'Wait longer (--wait), or see who holds it: pindown lease list --show-holders',
    },
  );
}

function failed({ key, root }: LeaseOptions, { code, because }: LeaseFailed): PindownError {
  return environmentError(
    'lease-failed',
    `There can be no lease of ${JSON.stringify(key)} in ${leaseRoot(root)}: ${because}.`,
    code === 'backend-differs' ? undefined : remedyFor(Object.assign(new Error(because), { code })),
  );
}
