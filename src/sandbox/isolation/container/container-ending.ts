import { constants } from 'node:os';
import type { Ending } from '../../../core/ending.ts';
import { tailOf } from '../../../core/file-ends.ts';
import type { ContainerState } from './containers.ts';

const TAIL_BYTES = 4_096;

const SIGNALS: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number, name]),
);

/**
 * How a container's first process ended, by the engine's record of what the kernel said, whatever
 * became of the client that was attached. Engines record a signal as 128+n and nothing tells that
 * from an exit status, so it is taken for the signal, as a shell would.
 */
export function containerEnding({
  ExitCode,
  OOMKilled,
}: Pick<ContainerState, 'ExitCode' | 'OOMKilled'>): Ending {
  if (OOMKilled) return { exitCode: null, signal: 'SIGKILL' };
  const signal = ExitCode > 128 ? SIGNALS.get(ExitCode - 128) : undefined;
  return signal === undefined ? { exitCode: ExitCode, signal: null } : { exitCode: null, signal };
}

/** What docker's and podman's inits (tini, catatonit) say where they could not run the program. */
const INIT_REFUSED = /^(?:\[FATAL tini |ERROR \(catatonit:)/;

/** The words of an init that could not run the program; null where it ran. */
export function refusedByInit(ending: Ending, stderrFile: string): string | null {
  if (ending.exitCode !== 126 && ending.exitCode !== 127 && ending.exitCode !== 1) return null;
  const line = tailOf(stderrFile, TAIL_BYTES).toString('utf8').trimEnd().split('\n').at(-1) ?? '';
  return INIT_REFUSED.test(line) ? line : null;
}
