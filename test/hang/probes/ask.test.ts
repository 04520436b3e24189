import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observe } from '../../../src/hang/observe/observation.ts';
import { ask } from '../../../src/hang/probes/ask.ts';
import type { Answer, Finding, Probe } from '../../../src/hang/probes/probe.ts';

const PARTIAL: Answer = { stacks: [], said: ['half of it'], missing: 'the other half' };

/** One that has no end of its own. */
function endless(run: Probe['run']): Probe {
  return { name: 'endless', disturbs: 'nothing', limitMs: 20, applies: () => true, run };
}

async function findingsOf(probe: Probe, given?: AbortSignal): Promise<Finding[]> {
  const seen = await observe(() => [process.pid], 0);
  return ask(seen, ['nothing'], [probe], given);
}

const linux = { skip: process.platform !== 'linux' && 'there is no /proc' };

test('what a probe has told stands where its time runs out', linux, async () => {
  const [finding] = await findingsOf(
    endless(async (_, { soFar }) => {
      soFar(PARTIAL);
      return Promise.withResolvers<Answer>().promise;
    }),
  );
  assert.deepEqual(finding?.said, PARTIAL.said);
  assert.equal(finding?.missing, PARTIAL.missing);
});

test('and where nobody has time for it any more', linux, async () => {
  const given = new AbortController();
  const [finding] = await findingsOf(
    {
      ...endless(async (_, { soFar }) => {
        soFar(PARTIAL);
        given.abort();
        return Promise.withResolvers<Answer>().promise;
      }),
      limitMs: 60_000,
    },
    given.signal,
  );
  assert.equal(finding?.missing, PARTIAL.missing);
});

test('a probe that tells nothing in its time says so', linux, async () => {
  const [finding] = await findingsOf(endless(() => Promise.withResolvers<Answer>().promise));
  assert.equal(finding?.missing, 'no answer within 20 ms');
});
