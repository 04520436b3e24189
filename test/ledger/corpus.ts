import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../../src/ledger/failure.ts';

/** A failure of the corpus, with the label of its fault; see `corpus/README.md`. */
export interface CorpusRow {
  /** `family/fault`, or `family/group.fault` for faults that are easily taken for each other. */
  readonly fault: string;
  /** Failures of one number were seen on one machine at one time. */
  readonly run: number;
  /** By running a program, or written in the form that its framework uses. */
  readonly made: 'ran' | 'written';
  readonly outcome: Failure['outcome'];
  readonly signal: string | null;
  readonly path: string;
  readonly test: string | null;
  readonly root: string;
  /** Line by line. */
  readonly message: readonly string[];
}

const DIRECTORY = join(import.meta.dirname, 'corpus');

export function readCorpus(): readonly CorpusRow[] {
  return readdirSync(DIRECTORY)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(join(DIRECTORY, name), 'utf8')) as CorpusRow[]);
}

/** What the signature is made from. */
export function failureOf({ run, path, test, outcome, signal, root, message }: CorpusRow): Failure {
  return {
    unitId: `corpus:${path}`,
    path,
    attemptId: String(run),
    test,
    occurrence: test === null ? null : 1,
    outcome,
    signal,
    message: message.join('\n'),
    root,
  };
}
