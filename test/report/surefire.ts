import assert from 'node:assert/strict';
import type { XmlElement } from './xml-tree.ts';

interface Rule {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** In this order; `one` at most once. */
  readonly children: readonly (readonly [name: string, times: 'one' | 'many'])[];
}

const TEXT: Rule = { required: [], optional: [], children: [] };

const LATER: Rule = {
  required: ['type'],
  optional: ['message', 'time'],
  children: [
    ['stackTrace', 'one'],
    ['system-out', 'one'],
    ['system-err', 'one'],
  ],
};

/**
 * Surefire's schema
 * (https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report.xsd), with what
 * the consumers of JUnit reports read beyond it: a root of many suites, `file`, `line`, `timestamp`,
 * `hostname`.
 */
const RULES: Readonly<Record<string, Rule>> = {
  testsuites: {
    required: ['name', 'tests', 'failures', 'errors', 'skipped', 'time'],
    optional: ['timestamp'],
    children: [['testsuite', 'many']],
  },
  testsuite: {
    required: ['name', 'tests', 'failures', 'errors', 'skipped', 'time'],
    optional: ['timestamp', 'hostname', 'file'],
    children: [
      ['properties', 'one'],
      ['testcase', 'many'],
    ],
  },
  properties: { required: [], optional: [], children: [['property', 'many']] },
  property: { required: ['name', 'value'], optional: [], children: [] },
  testcase: {
    required: ['name', 'classname', 'time'],
    optional: ['file', 'line'],
    children: [
      ['failure', 'one'],
      ['rerunFailure', 'many'],
      ['flakyFailure', 'many'],
      ['skipped', 'one'],
      ['error', 'one'],
      ['rerunError', 'many'],
      ['flakyError', 'many'],
      ['system-out', 'one'],
      ['system-err', 'one'],
    ],
  },
  failure: { required: ['type'], optional: ['message'], children: [] },
  error: { required: ['type'], optional: ['message'], children: [] },
  skipped: { required: [], optional: ['message'], children: [] },
  rerunFailure: LATER,
  rerunError: LATER,
  flakyFailure: LATER,
  flakyError: LATER,
  stackTrace: TEXT,
  'system-out': TEXT,
  'system-err': TEXT,
};

/** Elements and attributes allowed and in order, times well-formed, counters those of the cases. */
export function assertSurefire(root: XmlElement): void {
  assert.equal(root.name, 'testsuites');
  assertElement(root);
  for (const suite of root.children) {
    const cases = suite.children.filter(({ name }) => name === 'testcase');
    assert.equal(Number(suite.attributes['tests']), cases.length);
    for (const [counter, element] of [
      ['failures', 'failure'],
      ['errors', 'error'],
      ['skipped', 'skipped'],
    ] as const) {
      const having = cases.filter(({ children }) => children.some(({ name }) => name === element));
      assert.equal(Number(suite.attributes[counter]), having.length, counter);
    }
  }
  for (const counter of ['tests', 'failures', 'errors', 'skipped']) {
    const sum = root.children.reduce((all, suite) => all + Number(suite.attributes[counter]), 0);
    assert.equal(Number(root.attributes[counter]), sum, counter);
  }
}

function assertElement(element: XmlElement): void {
  const rule = RULES[element.name];
  assert.ok(rule !== undefined, `unknown element ${element.name}`);
  const { attributes, children }: XmlElement = element;
  for (const name of rule.required) assert.ok(name in attributes, `${element.name} lacks ${name}`);
  for (const name of Object.keys(attributes)) {
    const known: boolean = rule.required.includes(name) || rule.optional.includes(name);
    assert.ok(known, `${element.name} has ${name}`);
  }
  if (attributes['time'] !== undefined) assert.match(attributes['time'], /^\d+\.\d{3}$/);
  const order = rule.children.map(([name]) => name);
  let reached = 0;
  for (const child of children) {
    const index = order.indexOf(child.name);
    assert.ok(index >= reached, `${child.name} in ${element.name}`);
    reached = rule.children[index]?.[1] === 'one' ? index + 1 : index;
    assertElement(child);
  }
  if (rule.children.length > 0) assert.equal(element.text.trim(), '', element.name);
}
