import { hostname, totalmem } from 'node:os';
import type { Host } from '../core/run.ts';

/** This machine, as a report names it. */
export function thisHost(processors: number): Host {
  return {
    name: hostname(),
    platform: process.platform,
    arch: process.arch,
    node: process.version,
    processors,
    memoryBytes: totalmem(),
  };
}
