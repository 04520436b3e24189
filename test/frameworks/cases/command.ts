import { type ConformanceCase, writeFiles } from '../conformance.ts';
import { NOISE } from './noise.ts';

const JUNIT =
  '<testsuite name="noise"><testcase name="noisy" time="0.01">' +
  '<failure message="noise"/></testcase></testsuite>';

/** A script that prints these lines. */
function printing(lines: readonly string[], then = ''): string {
  return `cat <<'END'\n${lines.join('\n')}\nEND\n${then}\n`;
}

const FILES: Readonly<Record<string, string>> = {
  'checks/pass.sh': printing([
    'TAP version 14',
    '1..2',
    'ok 1 - plain # time=2ms',
    '# Subtest: outer',
    '    1..2',
    '    ok 1 - family of 1 # time=1ms',
    '    ok 2 - family of 2 # time=1ms',
    'ok 2 - outer # time=3ms',
  ]),

  'checks/fail.sh': printing(
    [
      '1..2',
      'ok 1 - passes # time=1ms',
      'not ok 2 - fails',
      '  ---',
      '  message: expected-failure-message',
      '  duration_ms: 1.5',
      '  ...',
    ],
    'exit 1',
  ),

  'checks/skip.sh': printing(['1..0 # SKIP not today']),

  // TAP's way to say that nothing can be run.
  'checks/load_error.sh': printing(['TAP version 14', 'Bail out! no database'], 'exit 1'),

  'checks/nothing.sh': printing(['TAP version 14', '1..0']),

  'checks/crash.sh': printing(['1..2', 'ok 1 - before # time=1ms'], 'kill -9 $$'),

  // In TAP its output would be its results: it writes JUnit.
  'checks/noise.sh': `
printf '%s' '${JUNIT}' > "$PINDOWN_JUNIT"
${printing(NOISE)}
${printing(NOISE).replace('cat', 'cat >&2')}
exit 1
`,

  'checks/größer 数 🚀.sh': printing(['1..1', 'ok 1 - größer 数 🚀 # time=1ms']),

  'checks/twice.sh': printing(
    ['1..2', 'ok 1 - same # time=1ms', 'not ok 2 - same # time=1ms', '# the second of its name'],
    'exit 1',
  ),

  'checks/exit_zero.sh': printing(['1..2', 'ok 1 - before # time=1ms'], 'exit 0'),
};

/** Shell scripts that write TAP or JUnit. */
export const commandCase: ConformanceCase = {
  framework: 'command',
  unavailable: () => Promise.resolve(null),
  write: async (dir) => await writeFiles(dir, FILES),
  forcedData: { patterns: ['checks/*.sh'] },
  forcedArgs: ['sh', '{unit}'],
  units: {
    pass: 'checks/pass.sh',
    fail: 'checks/fail.sh',
    skip: 'checks/skip.sh',
    loadError: 'checks/load_error.sh',
    noTests: 'checks/nothing.sh',
    crash: 'checks/crash.sh',
    noise: 'checks/noise.sh',
    nonAscii: 'checks/größer 数 🚀.sh',
    twice: 'checks/twice.sh',
    exitZero: 'checks/exit_zero.sh',
    ownRetry: null,
  },
  expected: {
    pass: [
      ['plain', 'passed'],
      ['outer > family of 1', 'passed'],
      ['outer > family of 2', 'passed'],
    ],
    fail: [
      ['passes', 'passed'],
      ['fails', 'failed'],
    ],
    skip: [['checks/skip.sh', 'skipped']],
    crash: [['before', 'passed']],
    noise: [['noise > noisy', 'failed']],
    nonAscii: [['größer 数 🚀', 'passed']],
    twice: [
      ['same', 'passed'],
      ['same', 'failed'],
    ],
    exitZero: [['before', 'passed']],
  },
};
