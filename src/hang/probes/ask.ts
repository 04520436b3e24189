import { once } from 'node:events';
import { hasEnded } from '../../process/proc-stat.ts';
import type { Observation, ObservedProcess } from '../observe/observation.ts';
import type { Answer, Disturbance, Finding, Probe, ProbeContext } from './probe.ts';
import { PROBES } from './registry.ts';

/** So many processes of a tree are asked. */
const MOST_PROCESSES = 50;

/**
 * Asks every process of a tree what it is at, one after the other and the least invasive first; a
 * probe that fails says so in its finding.
 *
 * @param allowed what the asked may suffer
 * @param given aborts when nobody has time for further answers: what was found by then is returned
 */
export async function ask(
  seen: Observation,
  allowed: readonly Disturbance[],
  probes: readonly Probe[] = PROBES,
  given: AbortSignal = NEVER,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const before = seen.findings ?? [];
  const living = [...seen.processes.values()].filter(({ now }) => !hasEnded(now));
  for (const probe of probes) {
    if (!allowed.includes(probe.disturbs)) continue;
    for (const process of living.slice(0, MOST_PROCESSES)) {
      if (given.aborted) return findings;
      if (probe.applies(process))
        findings.push(
          await askOne(probe, process, { seen, found: [...before, ...findings] }, given),
        );
    }
  }
  return findings;
}

/** What is known before a probe is run. */
type Known = Pick<ProbeContext, 'seen' | 'found'>;

/** For who has all the time. */
const NEVER = new AbortController().signal;

async function askOne(
  probe: Probe,
  process: ObservedProcess,
  known: Known,
  given: AbortSignal,
): Promise<Finding> {
  const startedAt = performance.now();
  const signal = AbortSignal.any([AbortSignal.timeout(probe.limitMs), given]);
  let partial: Answer | null = null;
  const soFar = (answer: Answer): void => {
    partial = answer;
  };
  const late = once(signal, 'abort').then(
    (): Answer =>
      partial ??
      nothing(given.aborted ? 'it was given up' : `no answer within ${probe.limitMs} ms`),
  );
  const answer = await Promise.race([answerOf(probe, process, { ...known, signal, soFar }), late]);
  return {
    probe: probe.name,
    disturbed: probe.disturbs,
    pid: process.pid,
    tookMs: performance.now() - startedAt,
    ...answer,
  };
}

async function answerOf(
  probe: Probe,
  process: ObservedProcess,
  context: ProbeContext,
): Promise<Answer> {
  try {
    return await probe.run(process, context);
  } catch (error) {
    // What asking meets must not cost what was seen already; the finding says it.
    return nothing(error instanceof Error ? error.message : String(error));
  }
}

function nothing(missing: string): Answer {
  return { stacks: [], missing };
}
