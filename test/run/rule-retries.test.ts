import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { RULES } from '../../src/outcome/rules/registry.ts';
import type { Rule } from '../../src/outcome/rules/rule.ts';
import { type RuleAnswer, RuleRetries } from '../../src/run/rule-retries.ts';

const [rule] = RULES;
assert.ok(rule);

const ask = (retries: RuleRetries, unitId: string, token: string, by: Rule = rule): RuleAnswer =>
  retries.ask(token, unitId, { kind: 'proven', rule: by, because: 'seen' });

const because = (answer: RuleAnswer | undefined): string =>
  answer?.granted === false ? answer.because : '';

describe('the bounds of the rules', () => {
  test('a unit is run again as often as the rule says, each time later', () => {
    const retries = new RuleRetries(1, () => 0);
    const answers = Array.from({ length: 7 }, (_, index) => ask(retries, 'u', `t${index}`));
    assert.deepEqual(
      answers.map((answer) => (answer.granted ? answer.delayMs : null)),
      [5, 10, 20, 40, 80, null, null],
    );
  });

  test('the pace is spread, and never shorter than the rule says', () => {
    const retries = new RuleRetries(1, () => 0.999);
    const answer = ask(retries, 'u', 't');
    assert.ok(answer.granted && answer.delayMs > 5 && answer.delayMs < 7.5);
  });

  test('a rule that has given up three units is out of the run, and others are not', () => {
    const retries = new RuleRetries(100);
    for (const unit of ['a', 'b', 'c']) {
      for (let index = 0; index < 6; index += 1) ask(retries, unit, `${unit}${index}`);
    }
    const answer = ask(retries, 'd', 'd');
    assert.match(because(answer), /helped none of 3 units/);
    assert.ok(ask(retries, 'd', 'd2', RULES[1]).granted);
  });

  test('a run has a budget, of which a batch uses one', () => {
    const retries = new RuleRetries(1);
    for (let index = 0; index < 200; index += 1) {
      assert.ok(ask(retries, `batch${index}`, 'one process').granted);
    }
    const granted = Array.from({ length: 60 }, (_, index) =>
      ask(retries, `u${index}`, `t${index}`),
    );
    assert.equal(granted.filter((answer) => answer.granted).length, 24);
    assert.match(because(granted.at(-1)), /the rule's share of 25/);
    const others = Array.from({ length: 60 }, (_, index) =>
      ask(retries, `o${index}`, `o${index}`, RULES[1 + (index % 2)]),
    );
    assert.equal(others.filter((answer) => answer.granted).length, 25);
    assert.match(because(others.at(-1)), /budget of 50/);
  });

  test('whatever comes, further starts and waits stay within bounds', () => {
    const asks = fc.array(
      fc.record({ unit: fc.nat(8), token: fc.nat(400), rule: fc.constantFrom(...RULES) }),
      { maxLength: 400 },
    );
    fc.assert(
      fc.property(asks, fc.nat(2_000), (asked, planned) => {
        const retries = new RuleRetries(planned);
        const granted = new Map<string, number>();
        const tokens = new Set<number>();
        for (const { unit, token, rule: by } of asked) {
          const answer = ask(retries, String(unit), String(token), by);
          if (!answer.granted) continue;
          tokens.add(token);
          const key = `${unit} ${by.name}`;
          const times = (granted.get(key) ?? 0) + 1;
          granted.set(key, times);
          assert.ok(times <= by.delaysMs.length);
          assert.ok(answer.delayMs <= Math.max(...by.delaysMs) * 1.5);
        }
        assert.ok(tokens.size <= Math.max(50, Math.ceil(planned / 10)));
      }),
    );
  });
});
