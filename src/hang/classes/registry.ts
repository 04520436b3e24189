import type { HangClass } from './hang-class.ts';
import { pipeBackPressure } from './pipe-back-pressure.ts';

/** Every class that is known, in no particular order: each claims by itself. */
export const HANG_CLASSES: readonly HangClass[] = [pipeBackPressure];
