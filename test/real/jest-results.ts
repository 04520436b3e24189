import type { Count } from './count.ts';

/** What Jest writes with `--json --outputFile`, and Vitest with `--reporter=json`. */
interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly { readonly assertionResults: readonly unknown[] }[];
}

/** Jest's own count. */
export function readJestResults(text: string): Count {
  const results = JSON.parse(text) as Results;
  return {
    units: results.testResults.filter((file) => file.assertionResults.length > 0).length,
    passed: results.numPassedTests,
    failed: results.numFailedTests,
    skipped: results.numPendingTests,
  };
}
