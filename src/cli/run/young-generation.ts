import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the heap's young generation at the size that it has now, for as long as this process lives.
 * V8 lets it grow to 32 MiB and more (twice `--max-semi-space-size`), whatever is alive in it: a
 * plan of 10,000 units is enough for that, and takes 35 MB more at its peak. What it has come to by
 * loading Pindown is a good size: at a quarter of it, it is collected so often that it costs more
 * than is saved. Where a process is started by fork(2), that has fewer page tables to copy, too.
 *
 * The flag is read at each growth (`NewSpace::Grow` in V8's src/heap/new-spaces.cc), so it works in
 * a process that runs; on Node's command line V8 takes nothing below 2 for it.
 */
export function holdYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
