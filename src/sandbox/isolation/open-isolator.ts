import type { IsolationKind } from '../../core/run.ts';
import { openContainers } from './container/open-containers.ts';
import type { Isolator } from './isolator.ts';
import { openNamespaces } from './namespace/open-namespaces.ts';
import { processIsolator } from './process-isolator.ts';

/** What attempts run in, as `[isolation]` says it. */
export interface IsolationOptions {
  readonly kind: IsolationKind;
  readonly image?: string | undefined;
  /** Null for podman or docker, whichever answers. */
  readonly engine?: string | undefined;
  /** Further arguments of the engine's `create`. */
  readonly args: readonly string[];
  readonly network?: string | undefined;
  /** Milliseconds. */
  readonly 'pull-timeout': number;
}

/** The run whose attempts are to be isolated. */
export interface IsolatedRun {
  readonly runId: string;
  /** Who holds it, so that what is left of it can be told from what is in use; no spaces in it. */
  readonly owner: string;
  readonly projectRoot: string;
  readonly signal: AbortSignal;
  /** Progress for people. */
  say(line: string): void;
}

/**
 * Makes ready what attempts run in, and tries it, so that what the machine does not allow comes
 * out before the first attempt.
 *
 * @throws PindownError where it can't be had: what is missing
 */
export async function openIsolator(run: IsolatedRun, options: IsolationOptions): Promise<Isolator> {
  switch (options.kind) {
    case 'process':
      return processIsolator;
    case 'namespace':
      return openNamespaces();
    case 'container':
      return await openContainers(run, options);
  }
}
