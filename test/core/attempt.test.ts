import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { unitResult } from '../../src/core/attempt.ts';
import { attempt, testResult, unit } from '../report/one-unit.ts';

describe("under the framework's own retries", () => {
  const tried = { failedTries: ['Error: first'] };

  test('a unit is flaky if one of its tests passed only when it was tried again', () => {
    const tests = [testResult('a', 'passed'), testResult('b', 'passed', null, tried)];
    assert.equal(unitResult(unit(), [attempt('passed', { tests })]).outcome, 'flaky');
  });

  test('a unit is flaky, too, if the test that had failed skipped itself then', () => {
    const tests = [testResult('a', 'skipped', null, tried)];
    assert.equal(unitResult(unit(), [attempt('passed', { tests })]).outcome, 'flaky');
  });

  test('what is worse decides', () => {
    const tests = [testResult('a', 'passed', null, tried)];
    assert.equal(unitResult(unit(), [attempt('leaked', { tests })]).outcome, 'leaked');
  });

  test('none is flaky that failed nowhere', () => {
    const tests = [testResult('a', 'passed', null, { failedTries: [] })];
    assert.equal(unitResult(unit(), [attempt('passed', { tests })]).outcome, 'passed');
  });
});
