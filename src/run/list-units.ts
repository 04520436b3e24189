import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { compileGlob } from '../core/glob.ts';
import { PindownError } from '../core/errors.ts';
import { EXIT } from '../core/exit-status.ts';
import type { Unit } from '../core/unit.ts';
import type { Tier } from '../process/tier/tier.ts';
import { makeListContext } from './list-context.ts';
import type { ResolvedSuite } from './resolve-suites.ts';

export interface ListPorts {
  /** The environment that the suites' processes start from. */
  readonly env: Readonly<Record<string, string>>;
  readonly runId: string;
  /** Holds the programs that listing asks. */
  readonly tier: Tier;
  /** A directory for what listing or building leaves; absolute. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  say(line: string): void;
}

/**
 * The units of all suites, as their frameworks' own commands would run them, less those that a
 * suite's `include` and `exclude` globs leave out.
 *
 * @throws PindownError `no-units` where there are none: a run of nothing is never green
 */
export async function listUnits(
  suites: readonly ResolvedSuite[],
  ports: ListPorts,
): Promise<readonly Unit[]> {
  const units: Unit[] = [];
  for (const { suite, framework, request } of suites) {
    const scratch = join(ports.scratch, suite.name);
    mkdirSync(scratch, { recursive: true });
    const context = makeListContext({
      env: { ...ports.env, ...suite.env },
      runId: ports.runId,
      tier: ports.tier,
      scratch,
      signal: ports.signal,
      say: (line) => ports.say(`${suite.name}: ${line}`),
    });
    const include = request.include.map(compileGlob);
    const exclude = request.exclude.map(compileGlob);
    for (const unit of await framework.list(suite, context)) {
      if (include.length > 0 && !include.some((matches) => matches(unit.path))) continue;
      if (exclude.some((matches) => matches(unit.path))) continue;
      units.push(unit);
    }
  }
  if (units.length === 0) throw noUnits(suites);
  return units;
}

function noUnits(suites: readonly ResolvedSuite[]): PindownError {
  const asked = suites.map(({ suite, framework }) => {
    const patterns = suite.data['patterns'];
    const where =
      patterns === undefined ? suite.dir : `${[patterns].flat().join(' ')} in ${suite.dir}`;
    return `${framework.title} (${where})`;
  });
  return new PindownError(
    'no-units',
    `There is nothing to run: ${asked.join(' and ')} found no unit.`,
    {
      exitCode: EXIT.noTests,
      hint: "Pindown runs what the framework's own command would run: does that find any tests here?",
    },
  );
}
