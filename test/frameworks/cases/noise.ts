/**
 * Lines that look like results: the TAP, JUnit XML and records of ours that a test may print.
 * Each case adds what its own framework prints for tests that pass.
 */
export const NOISE: readonly string[] = [
  'TAP version 13',
  'ok 1 - fake',
  '1..1',
  '<testsuites><testsuite name="fake" tests="1"><testcase name="fake"/></testsuite></testsuites>',
  '{"a":"token","type":"begin"}',
  '{"a":"token","type":"test","name":["fake"],"outcome":"passed"}',
  '{"a":"token","type":"end"}',
];
