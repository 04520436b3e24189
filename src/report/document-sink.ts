import type { UnitResult } from '../core/attempt.ts';
import type { EventOf, Sink } from '../core/event.ts';
import type { RunInfo } from '../core/run.ts';
import { AtomicDocument } from './atomic-document.ts';

/** A report that is one document, with a part for every unit. */
export interface DocumentParts {
  /** The name of its file, which is also the sink's. */
  readonly name: string;
  /** Absolute; its directory must exist. */
  readonly file: string;
  /** What a unit adds to it, in the order in which units finish. */
  unit(unit: UnitResult, run: RunInfo): string;
  /** What stands before the units and behind them, known when the last one has finished. */
  frame(
    run: RunInfo,
    end: EventOf<'run-finished'>,
  ): { readonly head: string; readonly tail: string };
}

/** Writes the document at the end of the run, whole or not at all. */
export function documentSink(parts: DocumentParts): Sink {
  const document = new AtomicDocument(parts.file);
  let started: RunInfo | null = null;
  const runOf = (event: { readonly type: string }): RunInfo => {
    if (started === null) throw new Error(`${event.type} came without run-started`);
    return started;
  };
  return {
    name: parts.name,
    handle(event) {
      switch (event.type) {
        case 'run-started':
          started = event.run;
          break;
        case 'unit-finished':
          document.append(parts.unit(event.unit, runOf(event)));
          break;
        case 'run-finished': {
          const { head, tail } = parts.frame(runOf(event), event);
          document.finish(head, tail);
          break;
        }
        case 'unit-planned':
        case 'attempt-started':
        case 'attempt-finished':
        case 'notice':
        case 'interrupted':
          break;
      }
    },
    close: () => document.release(),
  };
}
