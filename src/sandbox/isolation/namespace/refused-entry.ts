import type { Ending } from '../../../core/ending.ts';
import { tailOf } from '../../../core/file-ends.ts';
import { SpawnFailure, spawnFailure } from '../../../process/spawn-failure.ts';
import type { SpawnSpec } from '../../../process/spawn.ts';

const TAIL_BYTES = 4_096;

/** execvp(3)'s two statuses, as util-linux gives them (EX_EXEC_FAILED, EX_EXEC_ENOENT). */
const NOT_RUN: ReadonlySet<number> = new Set([126, 127]);

/**
 * Why the attempt's program was never run, from what entering the namespaces for it came to; null
 * where it was. A program's own status 126 or 127 is told apart by the last line on stderr: one of
 * the programs that enter must say there that it could not execute this very program.
 *
 * @param entered whether there was a namespace at all
 */
export function refusedEntry(
  spec: Pick<SpawnSpec, 'argv' | 'cwd' | 'stderrFile'>,
  ending: Ending,
  entered: boolean,
): SpawnFailure | null {
  if (ending.exitCode === null) return null;
  const [command] = spec.argv;
  const line = tailOf(spec.stderrFile, TAIL_BYTES).toString('utf8').trimEnd().split('\n').at(-1);
  const [, tool, said = ''] = /^(\S+): (.*)$/.exec(line ?? '') ?? [];
  if (!entered || (ending.exitCode === 1 && failsToEnter(tool, said))) {
    return new SpawnFailure(
      { code: 'UNKNOWN', call: 'unshare', path: null },
      `its namespaces could not be entered: ${line}`,
      line,
    );
  }
  if (!NOT_RUN.has(ending.exitCode) || tool === undefined) return null;
  if (!['setsid', 'setpriv'].includes(tool) || !said.includes(command)) return null;
  const error = Object.assign(new Error(line), {
    code: codeOf(said, ending.exitCode),
    syscall: `spawn ${command}`,
    path: command,
  });
  return spawnFailure({ command, cwd: spec.cwd, error });
}

/** The program was not reached. What the attempt's own use of these tools could say is no sign. */
function failsToEnter(tool: string | undefined, said: string): boolean {
  return said.includes('/proc') && (tool === 'unshare' || tool === 'nsenter');
}

/** The words are strerror(3)'s; in another language only the status is left. */
function codeOf(said: string, status: number): string {
  if (said.endsWith('Text file busy')) return 'ETXTBSY';
  if (said.endsWith('Exec format error')) return 'ENOEXEC';
  return status === 127 ? 'ENOENT' : 'EACCES';
}
