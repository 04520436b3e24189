import { basename } from 'node:path';
import { execOwn } from '../../../process/exec-own.ts';
import type { ObservedProcess } from '../../observe/observation.ts';
import { whyNot } from '../calls/why-not.ts';
import type { Answer, Probe, ProbeContext } from '../probe.ts';
import { parseBacktraces } from './backtraces.ts';
import { hasElfSection } from './elf-symbols.ts';

const MOST_BYTES = 8 << 20;
const LIMIT_MS = 10_000;

const SCRIPT = 'command -v gdb >/dev/null || exit 127; exec gdb "$@" 2>&1';

/** Nothing of the subject's own is run by gdb, nothing is fetched, and no frame is endless. */
const COMMANDS: readonly string[] = [
  'set debuginfod enabled off',
  'set auto-load off',
  'set print frame-arguments none',
  'set width 0',
];

/**
 * The threads of a native program by gdb: function, file and line where it was built with debug
 * information. It stops the program for a moment, and some of its calls return EINTR by that (ptrace(2)),
 * so that it comes last, and only for those whom nothing else has understood.
 */
export const gdbStacks: Probe = {
  name: 'gdb-stacks',
  disturbs: 'may-interrupt-calls',
  limitMs: LIMIT_MS,
  // Who is traced already can't be by another; who is stopped would be let go on.
  applies: ({ pid, now }) =>
    now.tracer === 0 &&
    now.state !== 'T' &&
    now.executable !== null &&
    !INTERPRETERS.test(basename(now.executable)) &&
    !hasElfSection(`/proc/${pid}/exe`, '.go.buildinfo'),
  run: (process, context) =>
    isKnown(process, context) ? Promise.resolve({ stacks: [], missing: null }) : byGdb(process),
};

/** Of these, and of Go, a native stack tells what the runtime does, and not the program. */
const INTERPRETERS = /^(?:bash|dash|java|node|perl|php|pypy|python|ruby|sh|zsh)[\d.]*$/;

function isKnown({ pid }: ObservedProcess, { found = [] }: ProbeContext): boolean {
  return found.some((finding) => finding.pid === pid && finding.stacks.length > 0);
}

async function byGdb({ pid }: ObservedProcess): Promise<Answer> {
  const before = COMMANDS.flatMap((command) => ['-iex', command]);
  const args = ['-nx', '-batch', ...before, '-ex', 'thread apply all bt 60', '-p', String(pid)];
  try {
    const text = await execOwn('sh', ['-c', SCRIPT, 'sh', ...args], {
      timeoutMs: LIMIT_MS - 200,
      maxBytes: MOST_BYTES,
    });
    const stacks = parseBacktraces(text);
    const refused = /ptrace: [^\n]*/.exec(text)?.[0] ?? 'nothing came';
    return { stacks, missing: stacks.length === 0 ? `its threads, by gdb(1): ${refused}` : null };
  } catch (error) {
    return { stacks: [], missing: `its threads, by gdb(1): ${whyNot(error)}` };
  }
}
