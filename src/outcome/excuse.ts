import { failedBefore } from '../core/attempt.ts';
import type { AttemptOutcome } from '../core/outcome.ts';
import type { Failure, Look, Rule } from './rules/rule.ts';
import { RULES } from './rules/registry.ts';

/** What the rules say of a failure that one of them claims. */
export type Excuse =
  /** The environment failed, by this rule's proof: the unit may be run again. */
  | { readonly kind: 'proven'; readonly rule: Rule; readonly because: string }
  /** It is of the rule's kind, and not proven: it stands. */
  | {
      readonly kind: 'refused';
      readonly rule: Rule;
      readonly because: string;
      /** Nor is there anything to be gained by one of the user's own retries. */
      readonly final: boolean;
    };

/**
 * What a rule may speak of. A hang, a time-out and a change of the tree have their own names and
 * their own evidence, and what we ended on purpose is not to be started again.
 */
const EXCUSABLE: ReadonlySet<AttemptOutcome> = new Set([
  'spawn-failed',
  'failed',
  'errored',
  'crashed',
  'no-tests',
  'contradicted',
]);

/**
 * Asks the closed list whether a failure was the environment's. What no rule claims is real, and a
 * test that failed is a veto against each of them, also where its framework tried it again.
 */
export async function excuse(failure: Failure, look: Look): Promise<Excuse | null> {
  if (!EXCUSABLE.has(failure.outcome)) return null;
  const rule = RULES.find((each) => each.claims(failure));
  if (rule === undefined) return null;
  const veto = failure.tests.find((test) => test.outcome === 'failed' || failedBefore(test));
  if (veto !== undefined) {
    const because = `"${veto.name}" failed, which is a veto`;
    return { kind: 'refused', rule, because, final: false };
  }
  const proof = await rule.prove(failure, look);
  const { because } = proof;
  return proof.holds
    ? { kind: 'proven', rule, because }
    : { kind: 'refused', rule, because, final: proof.final === true };
}
