import type { Probe } from './probe.ts';

/** Every probe that is known, the least invasive first. */
export const PROBES: readonly Probe[] = [];
