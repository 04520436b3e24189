import { execBusy } from './exec-busy.ts';
import { infraDeclared } from './infra-declared.ts';
import { memoryKill } from './memory-kill.ts';
import type { Rule } from './rule.ts';
import { spawnRefused } from './spawn-refused.ts';
import { unitUnseen } from './unit-unseen.ts';

/** The closed list, in the order in which they are asked; the first that claims a failure decides. */
export const RULES: readonly Rule[] = [
  execBusy,
  spawnRefused,
  unitUnseen,
  memoryKill,
  infraDeclared,
];
