import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readJestResults } from './jest-results.ts';
import { compareCounts, installed } from './real-suite.ts';

const JEST = join(installed('jest'), 'bin/jest.js');

/** As much of its repository's own configuration as is not in the packages. */
const BABEL = `module.exports = {
  presets: ['@babel/preset-typescript'],
  plugins: ['@babel/plugin-transform-modules-commonjs'],
};
`;

test('the suites of two of the packages of Jest come to what jest counts', async (t) => {
  await compareCounts(t, {
    from: {
      pattern: installed('@jest/pattern'),
      'snapshot-utils': installed('@jest/snapshot-utils'),
    },
    files: {
      'package.json': '{"scripts": {"test": "jest"}}\n',
      'babel.config.cjs': BABEL,
    },
    args: [],
    async own({ run, results }) {
      await run(process.execPath, [JEST, '--json', `--outputFile=${results}`]);
      return readJestResults(readFileSync(results, 'utf8'));
    },
  });
});
