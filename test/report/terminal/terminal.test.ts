import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { Leak } from '../../../src/core/attempt.ts';
import type { RunEvent } from '../../../src/core/event.ts';
import { UNIT_OUTCOMES } from '../../../src/core/outcome.ts';
import { type TerminalOptions, terminalSink } from '../../../src/report/terminal.ts';
import { arbitraryRun } from '../arbitrary-run.ts';
import { attempt, RUN, runOf, testResult, unit } from '../one-unit.ts';
import { ManualTime } from './manual-time.ts';
import { Screen } from './screen.ts';

interface Shown {
  readonly stdout: Screen;
  readonly stderr: Screen;
  readonly time: ManualTime;
}

function show(
  events: Iterable<RunEvent>,
  options: Partial<TerminalOptions> & { columns?: number; rows?: number; each?: () => void } = {},
): Shown {
  const { columns = 100, rows = 30 } = options;
  const shown = {
    stdout: new Screen(columns, rows),
    stderr: new Screen(columns, rows),
    time: new ManualTime(),
  };
  const sink = terminalSink({
    ...shown,
    live: false,
    unicode: true,
    root: '/project',
    runDir: '/project/.pindown/runs/r1',
    reports: () => ['/project/.pindown/runs/r1/report.json', '/elsewhere/junit.xml'],
    slowest: 0,
    clock: shown.time,
    ticker: shown.time,
    ...options,
  });
  for (const event of events) {
    sink.handle(event);
    shown.time.pass(150);
    options.each?.();
  }
  void sink.close();
  return shown;
}

const LEAK: Leak = {
  kind: 'process',
  pid: 4711,
  startTime: 1,
  command: 'sleep 1000',
  foundBy: ['process group'],
  parents: [],
  ports: [],
  files: [],
  endedBy: 'SIGKILL',
};

function log(id: string): string {
  return `.pindown/runs/r1/attempts/${id}/stdout.log`;
}

describe('last screen', () => {
  test('answers every question', () => {
    const failed = attempt('failed', {
      tests: [
        testResult('group > adds', 'failed', 'AssertionError: 3 is not 4\n    at f (a.js:1:2)', {
          location: { file: 'test/a.test.js', line: 12, column: 5 },
        }),
        testResult('fine', 'passed'),
      ],
    });
    const red = attempt('failed', { tests: [testResult('often', 'failed', 'not now')] });
    const green = attempt('passed', { number: 2, tests: [testResult('often', 'passed')] });
    const hung = attempt('hung', {
      reason: 'no progress for 60 s',
      verdict: {
        class: 'lock-wait',
        confidence: 1,
        summary: 'waits for a lock',
        decidedBy: [],
        ruledOut: [],
      },
    });
    const leaked = attempt('leaked', { reason: 'a process stayed behind', leaks: [LEAK] });
    const events = runOf([
      [unit(), [failed]],
      [unit('test/flaky.test.js'), [red, green]],
      [unit('test/hung.test.js'), [hung]],
      [unit('test/leak.test.js'), [leaked]],
      [unit('test/good.test.js'), [attempt('passed', { tests: [testResult('x', 'passed')] })]],
    ]);
    const end = events.pop();
    assert.ok(end !== undefined);
    events.push(
      { type: 'notice', at: 1, level: 'warning', code: 'w', message: 'history is read-only' },
      end,
    );
    const { stdout } = show(events, { slowest: 2, columns: 1000 });
    assert.equal(
      stdout.text,
      `\
Failed (1)
  failed test/a.test.js > group > adds
    │ AssertionError: 3 is not 4
    at test/a.test.js:12:5
    attempt 1 failed: ${log(failed.id)}

Flaky (1)
  flaky test/flaky.test.js > often
    │ not now
    attempt 1 failed: ${log(red.id)}
    attempt 2 passed: ${log(green.id)}

Hung (1)
  hung test/hung.test.js
    │ no progress for 60 s
    │ lock-wait: waits for a lock
    attempt 1 hung: ${log(hung.id)}

Leaked (1)
  leaked test/leak.test.js
    │ a process stayed behind
    │ left behind: process 4711 (sleep 1000), ended by SIGKILL
    attempt 1 leaked: ${log(leaked.id)}

Notices (1)
  warning: history is read-only

Slowest
     3.0 s  test/flaky.test.js
     1.5 s  test/a.test.js

5 units planned = 1 passed + 1 failed + 1 hung + 1 leaked + 1 flaky
4 tests = 3 passed + 1 failed
Reports: .pindown/runs/r1/report.json, /elsewhere/junit.xml
Run again:
  pindown run test/a.test.js test/hung.test.js test/leak.test.js
Run 12 ended with exit status 1 after 12.3 s`,
    );
  });

  test('a long list is cut, and says by how much', () => {
    const units = Array.from({ length: 150 }, (_, index) => {
      const tests = [testResult('t', 'failed', `m${index}`)];
      return [unit(`t${index}.js`), [attempt('failed', { tests })]] as const;
    });
    const { text } = show(runOf(units)).stdout;
    assert.match(text, /^Failed \(150\)$/m);
    assert.equal(text.match(/^ {2}failed /gm)?.length, 20);
    assert.match(text, /^ {2}… and 130 more$/m);
    assert.match(text, /^Run again \(and 130 more units\):$/m);
  });

  test('a unit that failed and also left something behind is in both lists', () => {
    const both = attempt('failed', { tests: [testResult('t', 'failed', 'x')], leaks: [LEAK] });
    const { text } = show(runOf([[unit(), [both]]])).stdout;
    assert.match(text, /^Failed \(1\)$/m);
    assert.match(text, /^Leaked \(1\)\n.*\n.*left behind: process 4711 \(sleep 1000\)/m);
  });

  test('what was left behind by a unit that was cut off is told once, and is no leak of its own', () => {
    const cut = { leaks: [LEAK], reason: '--fail-fast 1: 1 failed' };
    const cancelled = attempt('cancelled', cut);
    const { text } = show(runOf([[unit(), [cancelled]]])).stdout;
    assert.doesNotMatch(text, /^Leaked/m);
    assert.ok(
      text.startsWith(`\
Not judged (1)
  cancelled test/a.test.js
    │ --fail-fast 1: 1 failed
    │ left behind: process 4711 (sleep 1000), ended by SIGKILL
    attempt 1 cancelled: ${log(cancelled.id)}
`),
      text,
    );
    const failed = attempt('failed', { tests: [testResult('t', 'failed', 'x')] });
    const again = attempt('cancelled', { ...cut, number: 2 });
    const both = show(runOf([[unit(), [failed, again]]])).stdout.text;
    assert.equal(both.match(/left behind/g)?.length, 1);
  });

  test('why a run stopped early is told', () => {
    const { text } = show(runOf([], { exitCode: 130, stopped: 'SIGINT' })).stdout;
    assert.match(text, /^Stopped early: SIGINT$/m);
  });
});

describe('any run', () => {
  test('has counts that add up, one line a thing, and nothing that steers a terminal', () => {
    const sizes = fc.record({
      columns: fc.constantFrom(1, 2, 19, 20, 40, 200),
      rows: fc.constantFrom(1, 2, 3, 24),
    });
    fc.assert(
      fc.property(arbitraryRun(), sizes, fc.boolean(), ({ events }, size, live) => {
        // `Screen` throws at any control that the view has no business with.
        const wide = show(events, { ...size, live, columns: 100_000 }).stdout.text;
        show(events, { ...size, live });
        const end = events.at(-1);
        assert.ok(end?.type === 'run-finished');
        const line = /^(\d+) units? planned = (.*)$/m.exec(wide);
        const parts = (line?.[2] ?? '').split(' + ').map((part) => part.split(' '));
        const sum = parts.reduce((all, [count]) => all + Number(count), 0);
        assert.equal(sum, end.totals.planned);
        assert.equal(Number(line?.[1]), end.totals.planned);
        for (const outcome of UNIT_OUTCOMES) {
          const [count = '0'] = parts.find(([, name]) => name === outcome) ?? [];
          assert.equal(Number(count), end.totals[outcome]);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('no test can write a line that passes for one of ours, or for a command of a CI system', () => {
    const spoof =
      '\n\nFailed (0)\n  ::error::gotcha\n##[error]x\nRun 12 passed\r\u2028Run 12 passed';
    const tests = [testResult(spoof, 'failed', spoof)];
    const one = attempt('failed', { tests, reason: spoof, errors: [spoof] });
    for (const live of [true, false]) {
      const { stdout, stderr } = show(runOf([[unit(spoof), [one]]]), { live, columns: 1000 });
      const lines = `${stdout.text}\n${stderr.text}`.split('\n');
      assert.ok(lines.length > 5);
      for (const line of lines) {
        assert.doesNotMatch(line, /^\s*(::|##|Failed \(0\)|Run 12 passed)/);
        assert.doesNotMatch(line, /##[a-z]*\[/);
      }
    }
  });
});

/** A run of three units over two slots, up to the given number of events. */
function started(count: number): RunEvent[] {
  const events: RunEvent[] = [{ type: 'run-started', at: 0, run: RUN, planned: 3 }];
  for (const path of ['test/a.js', 'test/b.js', 'test/日本/long-name-of-a-file.js']) {
    events.push({ type: 'unit-planned', at: 0, unit: unit(path), expectedMs: 60_000 });
  }
  for (const [slot, path] of ['test/a.js', 'test/日本/long-name-of-a-file.js'].entries()) {
    const ids = { unitId: `unit:${path}`, attemptId: `id${slot}` };
    events.push({
      type: 'attempt-started',
      at: 0,
      ...ids,
      number: 1,
      slot,
      pid: 1,
      startTime: 1,
    });
  }
  return events.slice(0, count);
}

function open(
  columns: number,
  rows: number,
): { sink: ReturnType<typeof terminalSink>; screen: Screen; time: ManualTime } {
  const screen = new Screen(columns, rows);
  const time = new ManualTime();
  const stdout = new Screen(columns, rows);
  const options = { root: '/p', runDir: '/p/r', reports: () => [], slowest: 0, unicode: true };
  const sink = terminalSink({
    ...options,
    stdout,
    stderr: screen,
    live: true,
    clock: time,
    ticker: time,
  });
  return { sink, screen, time };
}

describe('live view', () => {
  test('has a line for each busy worker, the counts and the time left', () => {
    const { sink, screen, time } = open(60, 24);
    for (const event of started(9)) sink.handle(event);
    time.pass(12_000);
    assert.equal(
      screen.text,
      ['▸ test/a.js 12s', '▸ test/日本/long-name-of-a-file.js 12s', '0/3 · 1m 18s left'].join('\n'),
    );
  });

  test('is at most ten lines high, and fits into a small terminal', () => {
    const { sink, screen, time } = open(20, 5);
    for (const event of started(9)) sink.handle(event);
    for (let slot = 2; slot < 30; slot += 1) {
      const ids = { unitId: 'unit:test/b.js', attemptId: `x${slot}` };
      sink.handle({
        type: 'attempt-started',
        at: 0,
        ...ids,
        number: 1,
        slot,
        pid: 1,
        startTime: 1,
      });
    }
    time.pass(1000);
    assert.match(screen.text, /^▸ test\/a.js 1s\n▸ …-of-a-file.js 1s\n… and 28 more\n0\/3 · .*$/);
    screen.rows = 50;
    screen.columns = 70;
    time.pass(1000);
    assert.equal(screen.text.split('\n').length, 10);
    assert.match(screen.text, /… and 22 more\n0\/3 .*$/);
  });

  test('is written at most ten times a second, and not at all while nothing changes', () => {
    const { sink, screen, time } = open(60, 24);
    for (const event of started(9)) sink.handle(event);
    assert.equal(screen.writes, 0);
    time.pass(100);
    assert.equal(screen.writes, 1);
    time.pass(800);
    assert.equal(screen.writes, 1, 'the seconds have not changed');
    time.pass(5000);
    // What has elapsed and what is left each change once a second.
    assert.ok(screen.writes <= 1 + 2 * 5, String(screen.writes));
    const before = screen.writes;
    for (let index = 0; index < 1000; index += 1) {
      sink.handle({ type: 'notice', at: 0, level: 'info', code: 'x', message: `${index}` });
      if (index % 100 === 99) time.pass(100);
    }
    assert.ok(screen.writes - before <= 10);
  });

  test('what matters stays above it, and in the end nothing of it is left', () => {
    const { sink, screen, time } = open(60, 24);
    for (const event of started(9)) sink.handle(event);
    time.pass(1000);
    const [, , , finished] = runOf([
      [unit('test/a.js'), [attempt('crashed', { reason: 'SIGSEGV' })]],
    ]);
    assert.ok(finished?.type === 'attempt-finished');
    const ofA = { ...finished.attempt, id: 'id0', unitId: 'unit:test/a.js' };
    sink.handle({ ...finished, attempt: ofA });
    const [last] = runOf([[unit('test/a.js'), [ofA]]]).slice(-2);
    assert.ok(last?.type === 'unit-finished');
    sink.handle(last);
    time.pass(1000);
    assert.equal(
      screen.text,
      [
        'crashed test/a.js (1.5 s): SIGSEGV',
        '▸ test/日本/long-name-of-a-file.js 2s',
        '1/3 · 1 crashed · 59s left',
      ].join('\n'),
    );
    const end = runOf([]).at(-1);
    assert.ok(end !== undefined);
    sink.handle(end);
    assert.equal(screen.text, 'crashed test/a.js (1.5 s): SIGSEGV');
    assert.deepEqual(time.timers, []);
  });

  test('redraws in place when the terminal has become narrower', () => {
    const { sink, screen, time } = open(60, 24);
    for (const event of started(9)) sink.handle(event);
    time.pass(1000);
    const narrow = new Screen(20, 24);
    // What a terminal does with the lines that stood there: they wrap.
    narrow.write(screen.text.replace(/$/, '\n'));
    let up = '';
    screen.write = (text) => {
      up += text;
    };
    screen.columns = 20;
    time.pass(1000);
    narrow.write(up);
    assert.equal(narrow.text, '▸ test/a.js 2s\n▸ …-of-a-file.js 2s\n0/3 · 1m 28s left');
  });
});

describe('quiet progress', () => {
  test('has a line for each unit that matters, notices, and a heartbeat now and then', () => {
    const { stderr, time } = show(
      runOf([
        [unit('good.js'), [attempt('passed', { tests: [testResult('t', 'passed')] })]],
        [unit('bad.js'), [attempt('hung', { reason: 'no progress' })]],
      ]),
    );
    assert.equal(stderr.text, 'hung bad.js (1.5 s): no progress');
    assert.deepEqual(time.timers, [], 'its timer has ended');
  });

  test('the heartbeat names the unit that has run the longest', () => {
    const stderr = new Screen(200, 24);
    const time = new ManualTime();
    const options = {
      root: '/p',
      runDir: '/p/r',
      reports: () => [],
      slowest: 0,
      unicode: false,
      live: false,
    };
    const sink = terminalSink({
      ...options,
      stdout: new Screen(80, 24),
      stderr,
      clock: time,
      ticker: time,
    });
    const [start, planned, begun] = runOf([[unit('slow.js'), [attempt('passed')]]]);
    for (const event of [start, planned, begun]) if (event !== undefined) sink.handle(event);
    time.pass(29_000);
    assert.equal(stderr.text, '');
    time.pass(32_000);
    assert.deepEqual(stderr.text.split('\n'), [
      '0/1 done, slow.js has run for 30s (pid 4321)',
      '0/1 done, slow.js has run for 1m 00s (pid 4321)',
    ]);
    void sink.close();
    assert.deepEqual(time.timers, []);
  });

  test('an interrupt says what happens now', () => {
    const events: RunEvent[] = [1, 2].map((times) => ({
      type: 'interrupted',
      at: 0,
      signal: 'SIGINT',
      times,
    }));
    const { stderr } = show(events);
    assert.deepEqual(stderr.text.split('\n'), [
      'SIGINT: ending what runs and writing the reports; once more kills everything now',
      'SIGINT: killing everything now',
    ]);
  });
});
