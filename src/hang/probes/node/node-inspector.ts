import type { ObservedProcess } from '../../observe/observation.ts';
import type { Answer, Probe, ProbeContext } from '../probe.ts';
import { type Inspection, inspectNode } from './inspect-node.ts';
import { isNode, mainState } from './node-process.ts';
import { openInspector } from './open-inspector.ts';
import { nodeSaid } from './node-said.ts';
import { nodeStacks } from './node-stacks.ts';

/** From then on it is content with what it has, and leaves. */
const CONTENT_AFTER_MS = 8_000;

/** Asks a Node through its inspector, which is opened for that and closed again. */
export const nodeInspector: Probe = {
  name: 'node-inspector',
  disturbs: 'starts-inspector',
  limitMs: 10_000,
  applies: isNode,
  run: ask,
};

async function ask(process: ObservedProcess, { signal, soFar }: ProbeContext): Promise<Answer> {
  const until = performance.now() + CONTENT_AFTER_MS;
  const main = mainState(process);
  if (main === 'native') {
    return { stacks: [], missing: 'its main thread is inside a call, where it answers nothing' };
  }
  const inspector = await openInspector(process, main, signal);
  try {
    const inspection = await inspectNode(inspector.cdp, main, {
      limitMs: until - performance.now(),
      withWorkers: true,
      soFar: (partial) => soFar(answerOf(partial, process)),
    });
    return answerOf(inspection, process);
  } finally {
    await inspector.leave();
  }
}

function answerOf({ node, missing }: Inspection, { pid }: ObservedProcess): Answer {
  return { stacks: nodeStacks(node, pid), said: nodeSaid(node), node, missing };
}
