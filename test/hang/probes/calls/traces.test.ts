import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { observe } from '../../../../src/hang/observe/observation.ts';
import { ask } from '../../../../src/hang/probes/ask.ts';
import { parsePerf, perfTrace } from '../../../../src/hang/probes/calls/perf-trace.ts';
import { repeatedCalls, resultOf } from '../../../../src/hang/probes/calls/repeated-call.ts';
import { parseStrace, strace } from '../../../../src/hang/probes/calls/strace.ts';
import { named } from '../../corpus.ts';
import { Hanging, unavailable } from '../../hanging.ts';
import { lacks } from '../../subject.ts';

test('what strace(1) writes', () => {
  assert.deepEqual(parseStrace('12 newfstatat(AT_FDCWD, "/tmp/a b", 0x7f, 0) = -1 ENOENT (No)'), {
    name: 'newfstatat',
    target: '/tmp/a b',
    result: 'ENOENT',
  });
  // What is read is no path, whatever it looks like.
  assert.deepEqual(parseStrace('read(3, "/etc/passwd", 4096)   = 11'), {
    name: 'read',
    target: 'fd 3',
    result: 'ok',
  });
  assert.deepEqual(parseStrace('[pid 7] +++ exited with 0 +++'), null);
  assert.deepEqual(parseStrace('epoll_wait(5,  <unfinished ...>'), null);
});

test('what perf(1) writes', () => {
  const line = '     0.105 ( 0.002 ms): sh/12 read(fd: 3<pipe:[1]>, buf: 0x7f, count: 1)   = 0';
  assert.deepEqual(parsePerf(line, 1), { name: 'read', target: 'fd 3', result: '0' });
  const path =
    '     0.1 ( 0.0 ms): openat(dfd: CWD, filename: "/tmp/x", flags: 0) = -1 ENOENT (No)';
  assert.deepEqual(parsePerf(path, 1), { name: 'openat', target: '/tmp/x', result: 'ENOENT' });
  assert.equal(parsePerf('     ? (         ):  ... [continued]: wait4())  = 5', 1), null);
});

test('results and repetitions', () => {
  assert.deepEqual(['0', '0x0 (Timeout)', '-1 EAGAIN (Try again)', '17', '04'].map(resultOf), [
    '0',
    '0',
    'EAGAIN',
    'ok',
    'ok',
  ]);
  const call = { name: 'read', target: 'fd 3', result: '0' };
  const other = { ...call, result: 'EAGAIN' };
  assert.deepEqual(repeatedCalls([other, call, call]), [
    { ...call, times: 2 },
    { ...other, times: 1 },
  ]);
});

describe('a program that asks for a file again and again', () => {
  const program = named('python/until-path-exists.py');

  for (const probe of [strace, perfTrace]) {
    const tool = probe === strace ? 'strace' : 'perf';
    const skip = unavailable(program) || lacks(tool);
    test(`by ${probe.name}`, { skip }, (t) =>
      Hanging.during(program, async ({ members }) => {
        const seen = await observe(members, 400);
        const [finding] = await ask(seen, [probe.disturbs], [probe]);
        const refused = finding?.missing?.includes('it is not permitted') === true;
        if (refused) return t.skip(finding.missing ?? '');
        const looks = finding?.calls?.find(
          ({ result, target }) => result === 'ENOENT' && target !== null,
        );
        assert.match(looks?.target ?? '', /\/never-comes$/, JSON.stringify(finding));
        assert.ok((looks?.times ?? 0) > 1);
      }),
    );
  }
});
