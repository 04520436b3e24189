import { LINEAGE } from '../process/lineage.ts';
import { attemptVariables } from '../sandbox/environment.ts';
import { INFRA_FAILURE_FILE, infraFailureFile } from '../sandbox/infra-failures.ts';
import { leaseVariables } from './lease-variables.ts';
import type { JobSpec } from './messages.ts';

type Variables = Readonly<Record<string, string>>;

export interface EnvironmentParts {
  readonly runId: string;
  /** What every attempt of the run starts from. */
  readonly env: Variables;
  /** What leads into the attempt's own world. */
  readonly world: Variables;
  /** The job's directory. */
  readonly dir: string;
  /** What the framework's launch adds, or takes away with null. */
  readonly launch: Readonly<Record<string, string | null>>;
}

/** The environment of a job's process; of two that say the same variable, the later one counts. */
export function jobEnvironment(
  { suite, token, slots, leases }: JobSpec,
  { runId, env, world, dir, launch }: EnvironmentParts,
): Variables {
  const all: Record<string, string | null> = {
    ...env,
    ...world,
    ...suite.env,
    ...attemptVariables({ runId, token, slot: slots[0], outerLineage: env[LINEAGE] }),
    ...leaseVariables(leases),
    [INFRA_FAILURE_FILE]: infraFailureFile(dir),
    ...launch,
  };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
