import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the heap's young generation at the size that it has now, for as long as this process lives:
 * to be called before anything large is loaded. V8 lets it grow to 32 MiB and more (twice
 * `--max-semi-space-size`), whatever is alive in it, and each fork(2) copies the page tables of all
 * that is there. The flag is read at each growth (`NewSpace::Grow` in V8's src/heap/new-spaces.cc),
 * so it works in a process that runs; on Node's command line V8 takes nothing below 2 for it.
 */
export function holdYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
