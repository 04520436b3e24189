import { describeFault, environmentError, remedyFor } from '../../core/errors.ts';
import type { OfKey } from '../../lease/kept-leases.ts';
import { type LeaseHolder, type LeasesOfKey, listLeases } from '../../lease/list-leases.ts';
import { releaseStale, type Stale } from '../../lease/release-stale.ts';
import { counted } from '../../report/counted.ts';
import { formatDuration } from '../../report/duration.ts';

/** What `pindown lease list` says; who holds only where it was asked for. */
export function leasesText(root: string, showHolders: boolean): string {
  const leases = readRoot(root, listLeases);
  const lines = leases.flatMap((lease) =>
    'found' in lease
      ? [headLine(lease.key, lease.found), ...holderLines(lease.found, showHolders)]
      : [`${lease.key}: ${lease.unreadable}`],
  );
  return lines.length === 0 ? `There are no leases in ${root}.\n` : `${lines.join('\n')}\n`;
}

/** The same for programs. */
export function leasesJson(root: string, showHolders: boolean): string {
  const leases = readRoot(root, listLeases).map((lease) =>
    'found' in lease
      ? { key: lease.key, ...lease.found, holders: lease.found.holders.map(shown) }
      : lease,
  );
  return `${JSON.stringify({ schemaVersion: 1, root, leases }, null, 2)}\n`;

  function shown({ pid, command, ...holder }: LeaseHolder): object {
    return showHolders ? { ...holder, pid, command } : holder;
  }
}

/** Takes away what the dead left; says what `pindown lease release --stale` says. */
export function releaseStaleText(root: string): string {
  const lines = readRoot(root, releaseStale).flatMap((lease) => staleLine(lease) ?? []);
  return lines.length === 0 ? 'Nothing was left behind.\n' : `${lines.join('\n')}\n`;
}

/** Who holds a key, for a message to who was turned away and asked. */
export function holdersText(root: string, key: string): string {
  const lease = readRoot(root, listLeases).find((each) => each.key === key);
  return lease !== undefined && 'found' in lease ? holderLines(lease.found, true).join('\n') : '';
}

function headLine(key: string, { backend, holders, waiting }: LeasesOfKey): string {
  const by = backend === 'kernel' ? '' : ', kept by files';
  const queue = waiting === 0 ? '' : `, ${waiting} waiting`;
  return `${key}: ${counted(holders.length, 'holder')}${queue}${by}`;
}

function holderLines({ holders }: LeasesOfKey, showHolders: boolean): string[] {
  return holders.map(({ slot, limit, heldMs, pid, command }) => {
    const of = limit === null ? '' : ` of ${limit}`;
    const since = heldMs === null ? '' : ` for ${formatDuration(heldMs)}`;
    const gone = 'its process is gone, what that started holds on';
    const who = pid === null ? gone : `pid ${pid} (${command ?? 'no command line'})`;
    return `  slot ${slot}${of}${since}${showHolders ? `: ${who}` : ''}`;
  });
}

function staleLine(lease: OfKey<Stale>): string | null {
  if ('unreadable' in lease) return `${lease.key}: ${lease.unreadable}`;
  const { permits, tickets, litter } = lease.found;
  const taken = [
    permits > 0 ? counted(permits, 'permit') : null,
    tickets > 0 ? counted(tickets, 'ticket') : null,
    litter > 0 ? counted(litter, 'unfinished file') : null,
  ].filter((part) => part !== null);
  return taken.length === 0 ? null : `${lease.key}: ${taken.join(', ')} of the dead taken away`;
}

function readRoot<T>(root: string, read: (root: string) => T): T {
  try {
    return read(root);
  } catch (error) {
    throw environmentError(
      'leases-unreadable',
      `The leases in ${root} could not be read: ${describeFault(error)}.`,
      remedyFor(error),
      error,
    );
  }
}
