import { setFlagsFromString } from 'node:v8';

let held = false;

/**
 * Keeps the heap's young generation at the size that it has now. In a process that lives long V8
 * lets it grow to 32 MiB and more (twice `--max-semi-space-size`), whatever is alive in it, and
 * each fork(2) copies the page tables of all that is there. The flag is read at each growth
 * (`NewSpace::Grow` in V8's src/heap/new-spaces.cc), so it works in a process that runs.
 */
export function holdYoungGeneration(): void {
  if (held) return;
  held = true;
  setFlagsFromString('--semi-space-growth-factor=1');
}
