/**
 * The named cause of an outcome. No verdict without evidence: `decidedBy` names the observations
 * that decided it, and what is not known has the class `unknown`.
 */
export interface Verdict {
  /** kebab-case; `unknown` where nothing was proven. */
  readonly class: string;
  /** From 0 to 1. */
  readonly confidence: number;
  /** One sentence for people. */
  readonly summary: string;
  readonly decidedBy: readonly string[];
  readonly ruledOut: readonly string[];
  /** Of a hang: equal for the same one in two runs, whatever its pids and descriptors are. */
  readonly signature?: string;
}
