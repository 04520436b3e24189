import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { lastLineOf } from '../../src/run/last-line.ts';
import { scratchDirectory } from '../report/scratch.ts';

const scratch = scratchDirectory();

function lastLine(text: string): string | null {
  const file = join(mkdtempSync(join(scratch, 'output-')), 'stderr.log');
  writeFileSync(file, text);
  return lastLineOf(file);
}

describe('the last line that tells something', () => {
  const cases: readonly (readonly [title: string, text: string, line: string | null])[] = [
    ['is the last', 'one\ntwo\n', 'two'],
    ['need not be ended', 'one\n  two', 'two'],
    ['stands above blank lines', 'one\r\n \n\n', 'one'],
    [
      'is none of a stack',
      'before\nError: boom\n    at f (a.js:1:2)\n    at async b.js:3:4\n',
      'Error: boom',
    ],
    [
      'is no property of an error, not of its cause either',
      `Error: boom
    at f (a.js:1:2) {
  code: 'EXIT',
  nested: {
    a: 1
  },
  [cause]: Error: inner
      at g (b.js:1:2) {
    code: 'INNER'
  }
}

Node.js v26.0.0
`,
      'Error: boom',
    ],
    ['may follow such an error', 'Error: x\n    at f (a.js:1:2) {\n  a: 1\n}\nthen\n', 'then'],
    [
      "is none of Jest's code frame",
      `  ●  process.exit called with "1"

    > 1 | process.exit(1)
        |         ^
      2 |

      at Object.<anonymous> (a.test.js:1:9)
`,
      '●  process.exit called with "1"',
    ],
    [
      'has no colours',
      '\u001B[31mbroken\u001B[39m\n\u001B[2m    at f (a.js:1:2)\u001B[22m\n',
      'broken',
    ],
    ['begins as a frame does, and is none', 'one\nat last\n', 'at last'],
    ['is what there is, where nothing tells more', '{\n}\n', '}'],
    ['is none of an empty file', '\n', null],
  ];
  for (const [title, text, line] of cases) {
    test(title, () => assert.equal(lastLine(text), line));
  }

  test('is none of no file', () => assert.equal(lastLineOf(join(scratch, 'none')), null));
});
