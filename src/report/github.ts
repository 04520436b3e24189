import { appendFileSync, statSync } from 'node:fs';
import { isSystemError } from '../core/errors.ts';
import type { Sink } from '../core/event.ts';
import { Digest } from './digest.ts';
import { annotationLines } from './github/annotations.ts';
import { RootCauses } from './github/root-causes.ts';
import { stepSummary } from './github/summary.ts';
import type { Again } from './rerun-command.ts';

export interface GithubOptions {
  /** The project's root, absolute. */
  readonly root: string;
  /** `GITHUB_WORKSPACE`, absolute; the root where that is not set. */
  readonly workspace: string;
  /** What stands around the paths in the command that runs the failures again. */
  readonly again?: Again;
  /** `GITHUB_STEP_SUMMARY`; null writes none. */
  readonly summaryFile: string | null;
  /** Writes to stdout, which the runner reads. */
  write(text: string): void;
}

/** GitHub refuses a step's summary above 1 MiB, whoever has written to it. */
const SUMMARY_BYTES = 1024 * 1024 - 16 * 1024;

/** Whether this process is a step of a GitHub workflow. */
export function isGithubActions(env: Readonly<Record<string, string | undefined>>): boolean {
  return env['GITHUB_ACTIONS'] === 'true';
}

/**
 * Annotates a workflow run at the end: workflow commands on stdout, and the step summary, which is
 * appended to.
 */
export function githubSink(options: GithubOptions): Sink {
  const digest = new Digest(0);
  const causes = new RootCauses();
  return {
    name: 'GitHub annotations',
    handle(event) {
      for (const finding of digest.handle(event)) causes.finding(finding);
      if (event.type === 'notice') causes.notice(event);
      if (event.type !== 'run-finished') return;
      const lines = annotationLines(causes, options);
      if (lines.length > 0) options.write(`${lines.join('\n')}\n`);
      const { summaryFile } = options;
      if (summaryFile === null) return;
      const left = SUMMARY_BYTES - sizeOf(summaryFile);
      appendFileSync(summaryFile, stepSummary(digest, left, options.again));
    },
    close() {
      // Everything was written at `run-finished`.
    },
  };
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return 0;
    throw error;
  }
}
