import type { Lease } from '../lease/lease.ts';

/**
 * What tells a process which permits it holds: `PINDOWN_LEASE_DB_SLOT` and `PINDOWN_LEASE_DB_TOKEN`
 * for `db`, and without the name where it holds one only.
 */
export function leaseVariables(leases: readonly Lease[]): Record<string, string> {
  const variables: Record<string, string> = {};
  const add = (prefix: string, { slot, token }: Lease): void => {
    variables[`${prefix}_SLOT`] = String(slot);
    variables[`${prefix}_TOKEN`] = String(token);
  };
  for (const lease of leases) {
    add(`PINDOWN_LEASE_${lease.key.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`, lease);
  }
  const [only, ...others] = leases;
  if (only !== undefined && others.length === 0) add('PINDOWN_LEASE', only);
  return variables;
}
