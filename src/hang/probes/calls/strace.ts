import type { Probe } from '../probe.ts';
import { resultOf, type TracedCall } from './repeated-call.ts';
import { isRestless, isTraced } from './restless.ts';
import { TRACE_LIMIT_MS, tracedBy } from './traced-by.ts';

/**
 * Ends by itself, whatever becomes of us. Interrupted, strace lets go of whom it traces; that is how
 * it is to end here, so that its status says nothing.
 */
const SCRIPT = 'command -v strace >/dev/null || exit 127; timeout -s INT 0.3 strace "$@" 2>&1 || :';

/** The system calls of a process that never rests, by strace(1): it stops at each of them. */
export const strace: Probe = {
  name: 'strace',
  disturbs: 'may-interrupt-calls',
  limitMs: TRACE_LIMIT_MS,
  applies: isRestless,
  async run(process, { seen, found = [] }) {
    const isKnown = found.some(({ pid, calls = [] }) => pid === process.pid && calls.length > 0);
    if (isKnown || !isTraced(process, seen)) return { stacks: [], missing: null };
    return tracedBy({
      tool: 'strace(1)',
      script: SCRIPT,
      args: ['-f', '-qq', '-s', '512', '-p', String(process.pid)],
      parse: parseStrace,
    });
  },
};

/** `123 newfstatat(AT_FDCWD, "/tmp/x", 0x7f…, 0) = -1 ENOENT (No such file or directory)`. */
export function parseStrace(line: string): TracedCall | null {
  const found = /^(?:\d+\s+)?(\w+)\((.*)\)\s+=\s(.*)$/.exec(line);
  const [, name, args, result] = found ?? [];
  if (name === undefined || args === undefined || result === undefined) return null;
  const path = PATH_CALLS.test(name) ? /"((?:[^"\\]|\\.)*)"/.exec(args)?.[1] : undefined;
  const fd = /^(\d+)(?:,|$)/.exec(args)?.[1];
  const target = path ?? (fd === undefined ? null : `fd ${fd}`);
  return { name, target, result: resultOf(result) };
}

const PATH_CALLS = /stat|access|open|readlink|getxattr|unlink|mkdir|rename|inotify_add_watch/;
