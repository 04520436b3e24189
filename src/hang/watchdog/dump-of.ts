import { redact } from '../../core/redact.ts';
import type { Inspection } from '../probes/node/inspect-node.ts';
import type { MainState } from '../probes/node/node-process.ts';
import { nodeSaid } from '../probes/node/node-said.ts';
import { nodeStacks } from '../probes/node/node-stacks.ts';
import { findingsText } from '../report/findings-text.ts';

/** The text that is written of a main thread that hangs. */
export function dumpOf(
  { node, missing }: Inspection,
  { afterMs, command }: { readonly afterMs: number; readonly command: string },
): string {
  const told = findingsText([
    {
      probe: 'dumpOnHang',
      disturbed: 'starts-inspector',
      pid: process.pid,
      tookMs: 0,
      stacks: nodeStacks(node, process.pid),
      said: nodeSaid(node),
      node,
      missing,
    },
  ]);
  const lines = [
    `not done after ${afterMs} ms: pid ${process.pid}, ${command}`,
    `at ${new Date().toISOString()} the main thread ${STATES[node.main]}`,
    '',
    told,
    ...(missing === null ? [] : [`not told: ${missing}`]),
  ];
  return redact(`${lines.join('\n').trimEnd()}\n`);
}

const STATES: Readonly<Record<MainState, string>> = {
  busy: 'runs, and its event loop is blocked or never rests',
  idle: 'waits in its event loop',
  futex: 'waits for another thread',
  native: 'is inside a native call',
};
