import type { AttemptOutcome } from '../../core/outcome.ts';
import type { Rule } from './rule.ts';

/** What a suite that could not set itself up comes to; a hang has its own limit and is not among them. */
const ABLE: ReadonlySet<AttemptOutcome> = new Set([
  // Of tests that are errored, as in a fixture; one that failed is a veto.
  'failed',
  'errored',
  'crashed',
  'no-tests',
]);

/** The suite's own infrastructure said that it, and not a test, had failed. */
export const infraDeclared: Rule = {
  name: 'infra-declared',
  theorem: {
    title: "the suite's own infrastructure says that it failed",
    matches:
      'The unit ended as errored, crashed or no-tests, or its tests are errored and none failed, and its infrastructure had written a line `component: text` into the file that PINDOWN_INFRA_FAILURE_FILE names.',
    proof:
      "The file of this very attempt, new and empty at its start, whose path is in no other attempt's environment; of several units that had begun in one process nobody can tell whose it was, so that none has it. One test that failed is a veto: then the infrastructure's word does not count.",
    safe: 'By declaration: who writes the file says that the unit may be set up again.',
    bounds: 'Two more attempts, after 1 and 5 s.',
    givesUp: 'The unit stays what it was; the component is named.',
    sources: ['docs/transient-faults.md'],
  },
  delaysMs: [1_000, 5_000],
  narrows: false,
  claims: ({ outcome, declared }) => declared.length > 0 && ABLE.has(outcome),
  async prove({ declared }) {
    const said = declared.map(({ component, text }) => `${component}: ${text}`);
    return {
      holds: true,
      because: `its infrastructure declared that it had failed: ${said.join('; ')}`,
    };
  },
};
