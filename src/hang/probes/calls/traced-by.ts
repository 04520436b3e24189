import { execOwn } from '../../../process/exec-own.ts';
import type { Answer } from '../probe.ts';
import { repeatedCalls, type TracedCall } from './repeated-call.ts';
import { whyNot } from './why-not.ts';

/** For who traces so, milliseconds. */
export const TRACE_LIMIT_MS = 1_500;
/** Before that limit, so that the tool's own failure is told. */
const TOOL_LIMIT_MS = 1_300;
const MOST_BYTES = 4 << 20;

/** A tool of the machine that prints a line for each call. */
export interface Tracer {
  /** `strace(1)`. */
  readonly tool: string;
  /** Run by sh(1); it ends with 127 where the tool is not installed. */
  readonly script: string;
  readonly args: readonly string[];
  /** Null for a line that tells of no call. */
  readonly parse: (line: string) => TracedCall | null;
}

/** What a process calls again and again while a tool traces it. */
export async function tracedBy({ tool, script, args, parse }: Tracer): Promise<Answer> {
  try {
    const text = await execOwn('sh', ['-c', script, 'sh', ...args], {
      timeoutMs: TOOL_LIMIT_MS,
      maxBytes: MOST_BYTES,
    });
    const calls = text.split('\n').flatMap((line) => parse(line) ?? []);
    const missing = calls.length === 0 ? `its system calls, by ${tool}: nothing came` : null;
    return { stacks: [], calls: repeatedCalls(calls), missing };
  } catch (error) {
    return { stacks: [], missing: `its system calls, by ${tool}: ${whyNot(error)}` };
  }
}
