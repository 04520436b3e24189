import type { ObservedProcess } from '../../observe/observation.ts';
import type { Answer, Probe, ProbeContext } from '../probe.ts';
import { inspectNode } from './inspect-node.ts';
import { isNode, mainState } from './node-process.ts';
import { openInspector } from './open-inspector.ts';
import { nodeSaid } from './node-said.ts';
import { nodeStacks } from './node-stacks.ts';

/** From then on it is content with what it has, and leaves. */
const CONTENT_AFTER_MS = 4_000;

/** Asks a Node through its inspector, which is opened for that and closed again. */
export const nodeInspector: Probe = {
  name: 'node-inspector',
  disturbs: 'starts-inspector',
  limitMs: 5_000,
  applies: isNode,
  run: ask,
};

async function ask(process: ObservedProcess, { seen, signal }: ProbeContext): Promise<Answer> {
  const until = performance.now() + CONTENT_AFTER_MS;
  const main = mainState(process, seen.windowMs);
  if (main === 'native') {
    return { stacks: [], missing: 'its main thread is inside a call, where it answers nothing' };
  }
  const inspector = await openInspector(process, main, signal);
  try {
    const { node, missing } = await inspectNode(inspector.cdp, main, {
      limitMs: until - performance.now(),
      withWorkers: true,
    });
    return { stacks: nodeStacks(node, process.pid), said: nodeSaid(node), node, missing };
  } finally {
    await inspector.leave();
  }
}
