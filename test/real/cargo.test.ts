import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Count } from './count.ts';
import { compareCounts } from './real-suite.ts';

/** Where Debian's packages of crates lie. */
const REGISTRY = '/usr/share/cargo/registry';

/** strsim, from Debian's librust-strsim-dev: it depends on no other crate. */
const CRATE = existsSync(REGISTRY)
  ? readdirSync(REGISTRY).find((name) => name.startsWith('strsim-'))
  : undefined;

test("strsim's suite comes to what cargo test counts", { skip: whyNot() }, async (t) => {
  await compareCounts(t, {
    from: { '.': join(REGISTRY, CRATE ?? '') },
    args: [],
    async own({ run }) {
      return readSummaries(await run('cargo', ['test', '--offline']));
    },
  });
});

function whyNot(): string | false {
  if (CRATE === undefined) return `there is no strsim in ${REGISTRY} (librust-strsim-dev)`;
  try {
    execFileSync('cargo', ['--version']);
    return false;
  } catch (error) {
    return `cargo can't be run: ${String(error)}`;
  }
}

const SUMMARY = /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;/gm;

/** One summary a binary and one for the doc tests; JSON can be had of an unstable Rust only. */
function readSummaries(output: string): Count {
  const summaries = [...output.matchAll(SUMMARY)]
    .map(([, ...counts]) => counts.map(Number))
    .filter((counts) => counts.some((count) => count > 0));
  const sum = (at: number): number =>
    summaries.reduce((total, counts) => total + (counts[at] ?? 0), 0);
  return { units: summaries.length, passed: sum(0), failed: sum(1), skipped: sum(2) };
}
