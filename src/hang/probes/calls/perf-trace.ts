import { textAt } from './text-at.ts';
import type { Probe } from '../probe.ts';
import { resultOf, type TracedCall } from './repeated-call.ts';
import { isRestless, isTraced } from './restless.ts';
import { TRACE_LIMIT_MS, tracedBy } from './traced-by.ts';

const TRACE_SECONDS = '0.3';
const MOST_EVENTS = '3000';

/** It tells on its stderr, and can't open a stdout that is a socket, as that of a child of Node is. */
const SCRIPT = 'command -v perf >/dev/null || exit 127; exec perf trace "$@" 2>&1';

/** The system calls of a process that never rests, by the kernel's tracepoints: nobody is stopped. */
export const perfTrace: Probe = {
  name: 'perf-trace',
  disturbs: 'nothing',
  limitMs: TRACE_LIMIT_MS,
  applies: isRestless,
  async run(process, { seen }) {
    if (!isTraced(process, seen)) return { stacks: [], missing: null };
    const whom = ['-p', String(process.pid), '--', 'sleep', TRACE_SECONDS];
    return tracedBy({
      tool: 'perf(1)',
      script: SCRIPT,
      args: ['--max-events', MOST_EVENTS, ...whom],
      parse: (line) => parsePerf(line, process.pid),
    });
  },
};

/** `0.099 ( 0.020 ms): sh/12 newfstatat(dfd: CWD, filename: 0x93f19d0) = -1 ENOENT (No such …)`. */
export function parsePerf(line: string, pid: number): TracedCall | null {
  const found = /ms\):\s+(?:.*\/\d+\s+)?(\w+)\((.*)\)\s*=\s(.*)$/.exec(line);
  const [, name, args, result] = found ?? [];
  if (name === undefined || args === undefined || result === undefined) return null;
  return { name, target: targetOf(args, pid), result: resultOf(result) };
}

/** A path is shown as a pointer, and mostly still lies there. */
function targetOf(args: string, pid: number): string | null {
  const path = /\b(?:file|path)name: (?:"([^"]*)"|(0x[0-9a-f]+))/.exec(args);
  if (path?.[1] !== undefined && path[1] !== '') return path[1];
  if (path?.[2] !== undefined) return textAt(pid, BigInt(path[2]));
  const fd = /\b(?:fd|epfd): (\d+)/.exec(args)?.[1];
  return fd === undefined ? null : `fd ${fd}`;
}
