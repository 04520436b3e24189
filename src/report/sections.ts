import type { FindingKind } from './finding.ts';

/** What a person asks at the end of a run, and the findings that answer it. */
export interface Section {
  readonly title: string;
  readonly kinds: readonly FindingKind[];
}

/** In the order in which they are answered. Every kind stands in exactly one. */
export const SECTIONS: readonly Section[] = [
  { title: 'Failed', kinds: ['crashed', 'timed-out', 'errored', 'failed'] },
  { title: 'Flaky', kinds: ['flaky'] },
  { title: 'Run again by a rule', kinds: ['excused'] },
  { title: 'Hung', kinds: ['hung'] },
  { title: 'Leaked', kinds: ['leaked'] },
  { title: 'Not to be trusted', kinds: ['contradicted', 'tree-mutated'] },
  { title: 'Not judged', kinds: ['spawn-failed', 'blocked', 'lost', 'no-tests', 'cancelled'] },
];
