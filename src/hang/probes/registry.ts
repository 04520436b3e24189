import { perfTrace } from './calls/perf-trace.ts';
import { strace } from './calls/strace.ts';
import { goQuit } from './go/go-quit.ts';
import { goroutines } from './go/goroutines.ts';
import { javaThreads } from './jvm/java-threads.ts';
import { nodeInspector } from './node/node-inspector.ts';
import { gdbStacks } from './native/gdb-stacks.ts';
import type { Probe } from './probe.ts';
import { armedFaulthandler } from './python/armed-faulthandler.ts';
import { pythonStacks } from './python/python-stacks.ts';
import { bashCommand } from './shell/bash-command.ts';

/** Every probe that is known, the least invasive first. */
export const PROBES: readonly Probe[] = [
  pythonStacks,
  goroutines,
  bashCommand,
  perfTrace,
  javaThreads,
  nodeInspector,
  armedFaulthandler,
  strace,
  gdbStacks,
  goQuit,
];
