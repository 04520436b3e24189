import type { BrokenPart, Part } from '../core/part.ts';
import type { PlanEntry } from '../core/plan-entry.ts';
import { countUnit, emptyTotals } from '../core/run.ts';
import type { BlobHeading, BlobLine } from './blob/format.ts';
import { BlobFault, readBlob, unitsOfBrokenBlob, verifyBlob } from './read-blob.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What has been read of a blob so far. */
interface Draft extends Partial<Mutable<Pick<Part, 'run' | 'end' | 'startedAt' | 'endedAt'>>> {
  heading: BlobHeading | null;
  readonly entries: PlanEntry[];
  readonly planned: string[];
  readonly finished: string[];
  readonly counted: Mutable<Part['counted']>;
}

/**
 * Reads a blob to its end and says what it holds: ids and counts, not results, so that it takes
 * memory for the plan alone. Does not reject for what may be wrong with the file.
 */
export async function scanBlob(file: string): Promise<Part | BrokenPart> {
  try {
    await verifyBlob(file);
    const draft: Draft = {
      heading: null,
      entries: [],
      planned: [],
      finished: [],
      counted: emptyTotals(),
    };
    for await (const line of readBlob(file)) note(draft, line);
    return complete(file, draft);
  } catch (error) {
    if (!(error instanceof BlobFault)) throw error;
    return { file, fault: error.message, units: await unitsOfBrokenBlob(file) };
  }
}

export function isBroken(part: Part | BrokenPart): part is BrokenPart {
  return 'fault' in part;
}

function note(draft: Draft, line: BlobLine): void {
  switch (line.type) {
    case 'blob':
      draft.heading = line;
      return;
    case 'plan': {
      const { id, framework, expectedMs, shard } = line;
      draft.entries.push({ id, framework, expectedMs, shard });
      return;
    }
    case 'run-started':
      draft.run = line.run;
      draft.startedAt = line.at;
      return;
    case 'unit-planned':
      draft.planned.push(line.unit.id);
      return;
    case 'unit-finished':
      draft.finished.push(line.unit.id);
      countUnit(draft.counted, line.unit);
      return;
    case 'notice':
    case 'interrupted':
      return;
    case 'run-finished': {
      const { totals, durationMs, exitCode, stopped } = line;
      draft.end = { totals, durationMs, exitCode, stopped };
      draft.endedAt = line.at;
    }
  }
}

function complete(file: string, draft: Draft): Part {
  const { heading, entries, planned, finished, counted, run, end, startedAt, endedAt } = draft;
  if (heading === null || heading.units !== entries.length) {
    throw new BlobFault('is corrupt: its plan is not whole');
  }
  if (run === undefined || end === undefined || startedAt === undefined || endedAt === undefined) {
    throw new BlobFault('is corrupt: it has a trailer, but its run has no end');
  }
  const { planHash, shard } = heading;
  const whole = { file, planHash, shard, entries, planned, finished, counted };
  return { ...whole, run, end, startedAt, endedAt };
}
