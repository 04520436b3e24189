/** Which folder of `src/` may import which others, beside itself; `core` is open to all. */
export const IMPORTS: Readonly<Record<string, readonly string[] | 'everything'>> = {
  core: [],
  config: [],
  frameworks: [],
  plan: [],
  process: [],
  outcome: [],
  history: [],
  ledger: ['history'],
  report: [],
  sandbox: ['process'],
  hang: ['process'],
  run: ['frameworks', 'plan', 'process', 'sandbox', 'outcome', 'hang', 'history', 'report'],
  cli: 'everything',
  'index.ts': 'everything',
};
