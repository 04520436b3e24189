import { ELSEWHERE } from './elsewhere.ts';
import { RULES } from './registry.ts';
import type { Theorem } from './rule.ts';

export interface NamedTheorem extends Theorem {
  readonly name: string;
}

/** Every rule for people: those that decide on attempts, then those that are applied elsewhere. */
export const THEOREMS: readonly NamedTheorem[] = [...RULES, ...ELSEWHERE].map(
  ({ name, theorem }) => ({ name, ...theorem }),
);
