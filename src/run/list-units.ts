import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { compileGlob } from '../core/glob.ts';
import { PindownError } from '../core/errors.ts';
import { EXIT } from '../core/exit-status.ts';
import type { Unit } from '../core/unit.ts';
import type { Tier } from '../process/tier/tier.ts';
import { makeListContext } from './list-context.ts';
import { pruneHangs } from './prune-hangs.ts';
import type { ResolvedSuite } from './resolve-suites.ts';

export interface ListPorts {
  /** The environment that the suites' processes start from. */
  readonly env: Readonly<Record<string, string>>;
  readonly runId: string;
  /** Holds the programs that listing asks. */
  readonly tier: Tier;
  /** A directory for what listing or building leaves; absolute. */
  readonly scratch: string;
  /** After how long without any movement a program of these is looked at, milliseconds. */
  readonly hangAfterMs: number;
  /** Where what is seen of one that hangs is kept, beyond this run; absolute, need not exist. */
  readonly hangsDir: string;
  readonly signal: AbortSignal;
  say(line: string): void;
}

/**
 * The units of all suites, as their frameworks' own commands would run them, less those that a
 * suite's `include` and `exclude` globs leave out.
 *
 * @throws PindownError `no-units` where there are none: a run of nothing is never green; what a
 *   framework's listing failed with, and where one of its programs hung, what that waited for
 */
export async function listUnits(
  suites: readonly ResolvedSuite[],
  ports: ListPorts,
): Promise<readonly Unit[]> {
  const units: Unit[] = [];
  for (const { suite, framework, request } of suites) {
    const scratch = join(ports.scratch, suite.name);
    mkdirSync(scratch, { recursive: true });
    const stalls: string[] = [];
    const context = makeListContext({
      env: { ...ports.env, ...suite.env },
      runId: ports.runId,
      tier: ports.tier,
      scratch,
      hangs: {
        afterMs: ports.hangAfterMs,
        dir: ports.hangsDir,
        onStall: (words) => stalls.push(words),
      },
      signal: ports.signal,
      say: (line) => ports.say(`${suite.name}: ${line}`),
    });
    const include = request.include.map(compileGlob);
    const exclude = request.exclude.map(compileGlob);
    const listed = await framework.list(suite, context).catch((error: unknown) => {
      const told = ports.signal.aborted ? stalls : [];
      for (const words of [...told, ...pruneHangs(ports.hangsDir)]) ports.say(words);
      throw withStalls(error, stalls);
    });
    for (const unit of listed) {
      if (include.length > 0 && !include.some((matches) => matches(unit.path))) continue;
      if (exclude.some((matches) => matches(unit.path))) continue;
      units.push(unit);
    }
  }
  if (units.length === 0) throw noUnits(suites);
  return units;
}

/** What a person meets says as well what the program waited for that never came to its end. */
function withStalls(error: unknown, stalls: readonly string[]): unknown {
  if (!(error instanceof PindownError) || stalls.length === 0) return error;
  const { code, message, exitCode, hint } = error;
  return new PindownError(code, [message, ...stalls].join('\n'), {
    exitCode,
    ...(hint === null ? {} : { hint }),
    cause: error,
  });
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
