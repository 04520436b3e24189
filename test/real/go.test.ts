import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Count, countOutcomes } from './count.ts';
import { compareCounts } from './real-suite.ts';

/** Of Go's standard library, whose tests are where its source is. */
const PACKAGES = ['container/list', 'encoding/csv', 'path', 'sort', 'strings', 'text/tabwriter'];

test(
  "the suites of Go's standard library come to what go test counts",
  {
    skip: whyNot(),
  },
  async (t) => {
    await compareCounts(t, {
      from: {},
      files: {
        'go.mod': 'module example.test/empty\n\ngo 1.19\n',
        'pindown.toml': `[[suite]]\nframework = "go"\nargs = ${JSON.stringify(PACKAGES)}\n`,
      },
      args: [],
      async own({ run }) {
        return readEvents(await run('go', ['test', '-json', '-count=1', ...PACKAGES]));
      },
    });
  },
);

function whyNot(): string | false {
  let root: string;
  try {
    root = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim();
  } catch (error) {
    return `go can't be run: ${String(error)}`;
  }
  const tests = join(root, 'src/sort/sort_test.go');
  return existsSync(tests) ? false : `this Go came without ${tests}`;
}

/** An event of `go test -json` (`go doc test2json`); one without a test is the package's own. */
interface Event {
  readonly Action: string;
  readonly Package?: string;
  readonly Test?: string;
}

const OUTCOMES = { pass: 'passed', fail: 'failed', skip: 'skipped' } as const;

function readEvents(output: string): Count {
  const events = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event)
    .filter(({ Test }) => Test !== undefined);
  const outcomes = events.flatMap(({ Action }) =>
    Action in OUTCOMES ? [OUTCOMES[Action as keyof typeof OUTCOMES]] : [],
  );
  return {
    units: new Set(events.map((event) => event.Package)).size,
    ...countOutcomes(outcomes),
  };
}
