import assert from 'node:assert/strict';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { Attempt } from '../../src/core/attempt.ts';
import type { RunEvent } from '../../src/core/event.ts';
import type { AttemptOutcome } from '../../src/core/outcome.ts';
import type { Unit } from '../../src/core/unit.ts';
import { githubSink, isGithubActions } from '../../src/report/github.ts';
import { arbitraryRun } from './arbitrary-run.ts';
import { feed } from './feed.ts';
import { attempt, oneUnit, runOf, testResult, unit } from './one-unit.ts';
import { scratchDirectory } from './scratch.ts';

const summaryFile = join(scratchDirectory(), 'summary.md');

interface Written {
  readonly lines: readonly string[];
  readonly summary: string;
}

async function report(events: Iterable<RunEvent>, before = ''): Promise<Written> {
  writeFileSync(summaryFile, before);
  let stdout = '';
  const write = (text: string): void => {
    stdout += text;
  };
  const places = { root: '/repo/packages/x', workspace: '/repo' };
  await feed(githubSink({ ...places, summaryFile, write }), events);
  const summary = readFileSync(summaryFile, 'utf8').slice(before.length);
  return { lines: stdout === '' ? [] : stdout.trimEnd().split('\n'), summary };
}

/** As the runner reads a line. */
const COMMAND = /^::(error|warning|notice) ([^\r\n]*?)::([^\r\n]*)$/;

/** Undoes the runner's escapes. */
function unescape(text: string): string {
  return text.replace(/%(25|0A|0D|3A|2C)/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function properties(line: string | undefined): Record<string, string> {
  const [, , list = '', message = ''] = COMMAND.exec(line ?? '') ?? [];
  const pairs = list.split(',').map((pair) => pair.split('='));
  const entries = pairs.map(([key, ...value]) => [key ?? '', unescape(value.join('='))]);
  return { ...Object.fromEntries(entries), message: unescape(message) };
}

function failing(path: string, message: string): [Unit, Attempt[]] {
  return [unit(path), [attempt('failed', { tests: [testResult('t', 'failed', message)] })]];
}

function ended(path: string, outcome: AttemptOutcome): [Unit, Attempt[]] {
  return [unit(path), [attempt(outcome, { reason: `${outcome} ${path}` })]];
}

describe('GitHub annotations', () => {
  test('are whole lines, at most ten of a level, whatever the run', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRun({ maxUnits: 30 }), async ({ events }) => {
        const { lines } = await report(events);
        const commands = lines.filter((line) => line.startsWith('::'));
        for (const command of commands) assert.match(command, COMMAND);
        for (const level of ['error', 'warning', 'notice']) {
          const ofLevel = commands.filter((command) => command.startsWith(`::${level} `));
          assert.ok(ofLevel.length <= 10);
        }
        for (const line of lines) {
          assert.ok(line.startsWith('::') || line.startsWith('… and '), line);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('escape what the format takes for structure, and nothing gets lost', async () => {
    const location = { file: 'a,b:c.js', line: 3, column: 4 };
    const tests = [
      testResult('100%, or: not\r\n', 'failed', 'l1: %0A\nl2, \u001B[31mred', { location }),
    ];
    const { lines } = await report(oneUnit([attempt('failed', { tests })]));
    assert.deepEqual(properties(lines[0]), {
      file: 'packages/x/a,b:c.js',
      line: '3',
      col: '4',
      title: 'failed: 100%, or: not\r\n',
      message: 'l1: %0A\nl2, red',
    });
  });

  test('one for each root cause, the most important first, the rest counted', async () => {
    const units = [
      ...Array.from({ length: 30 }, (_, index) => failing(`same${index}.js`, 'same')),
      ...Array.from({ length: 12 }, (_, index) => failing(`f${index}.js`, `own ${index}`)),
      ended('leak.js', 'leaked'),
      ended('crash.js', 'crashed'),
      ended('hang.js', 'hung'),
    ];
    const { lines } = await report(runOf(units));
    const titles = lines.slice(0, 10).map((line) => properties(line)['title']);
    assert.deepEqual(titles.slice(0, 4), [
      'hung: hang.js',
      'crashed: crash.js',
      'leaked: leak.js',
      'failed: t',
    ]);
    assert.equal(properties(lines[3])['message'], 'same\n\nand 29 more with the same message');
    assert.deepEqual(lines.slice(10), ['… and 6 more of the level error']);
  });

  test('what is important is not crowded out by what came before it', async () => {
    const units = [
      ...Array.from({ length: 400 }, (_, index) => failing(`f${index}.js`, `own ${index}`)),
      ended('hang.js', 'hung'),
    ];
    const { lines } = await report(runOf(units));
    assert.equal(properties(lines[0])['title'], 'hung: hang.js');
    assert.equal(lines.at(-1), '… and 391 more of the level error');
  });

  test('a green run says nothing', async () => {
    const { lines } = await report(oneUnit([attempt('passed')]));
    assert.deepEqual(lines, []);
  });

  test('are asked for by the environment', () => {
    assert.equal(isGithubActions({ GITHUB_ACTIONS: 'true' }), true);
    assert.equal(isGithubActions({ GITHUB_ACTIONS: 'false' }), false);
    assert.equal(isGithubActions({}), false);
  });
});

describe('step summary', () => {
  test('answers first: failed, flaky, hung, leaked, the command', async () => {
    const flaky = [
      attempt('failed', { tests: [testResult('t', 'failed', 'now and then')] }),
      attempt('passed', { number: 2, tests: [testResult('t', 'passed')] }),
    ];
    const { summary } = await report(
      runOf([
        ended('leak.js', 'leaked'),
        ended('hang.js', 'hung'),
        [unit('flaky.js'), flaky],
        failing("it's.js", 'no'),
      ]),
    );
    const headings = summary.split('\n').filter((line) => line.startsWith('#'));
    assert.deepEqual(headings, [
      '## Pindown: ended with exit status 1 after 12.3 s',
      '### Failed (1)',
      '### Flaky (1)',
      '### Hung (1)',
      '### Leaked (1)',
      '### Run it again',
    ]);
    assert.ok(summary.includes(`pindown run leak.js hang.js 'it'\\''s.js'`));
    for (const { id } of flaky) assert.ok(summary.includes(`pindown show ${id}`));
    assert.match(
      summary,
      /4 units planned &#61; 1 failed &#43; 1 hung &#43; 1 leaked &#43; 1 flaky/,
    );
  });

  test('a test cannot write Markdown or HTML into it', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRun(), async ({ events }) => {
        const { summary } = await report(events);
        const tags = summary.match(/<[^>]*>?/g) ?? [];
        for (const tag of tags) assert.ok(['<pre>', '</pre>', '<br>'].includes(tag), tag);
        const outside = summary.replace(/<pre>\n[^<]*\n<\/pre>/g, '').replace(/&#\d+;/g, '');
        for (const line of outside.split('\n')) {
          // Ours: headings, the finding's kind in bold, the line that counts the rest.
          const text = line.replace(/^(#+ .*|\*\*[a-z-]+\*\*|….*)|<br>|^Stopped early:/g, '');
          assert.doesNotMatch(text, /[!-/:-@[-`{-~]/);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('is appended, stays below 1 MiB with what was there, and counts what has no room', async () => {
    const before = 'x'.repeat(900_000);
    const long = Array.from({ length: 12 }, () => '<'.repeat(400)).join('\n');
    const units = Array.from({ length: 300 }, (_, index) =>
      failing(`f${index}.js`, `${index}\n${long}`),
    );
    const { summary } = await report(runOf(units), before);
    assert.ok(statSync(summaryFile).size < 1024 * 1024);
    assert.match(summary, /### Failed \(300\)/);
    const shown = summary.split('**failed**').length - 1;
    assert.ok(shown > 0 && shown < 100, String(shown));
    assert.ok(summary.includes(`… and ${300 - shown} more`));
    assert.match(summary, /### Run it again \(without 280 more units\)/);
  });

  test('a file that is not there yet is made', async () => {
    rmSync(summaryFile, { force: true });
    const sink = githubSink({ root: '/r', workspace: '/r', summaryFile, write() {} });
    await feed(sink, oneUnit([attempt('passed')]));
    assert.match(readFileSync(summaryFile, 'utf8'), /^## Pindown: /);
  });
});
