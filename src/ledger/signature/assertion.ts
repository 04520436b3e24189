/**
 * What each library says of an assertion that failed, where it says it in its own words: the values
 * are others each time, so only the form is kept. Each is tried against the whole error; its groups
 * are what is kept.
 */
const FORMS: readonly RegExp[] = [
  // node:assert
  /^AssertionError \[ERR_ASSERTION\]: (Expected values to be [^\n]*?:|Expected "[^\n]*" to be [^\n]*?:|Expected values not to be [^\n]*?:)/,
  /^AssertionError \[ERR_ASSERTION\]: (The expression evaluated to a falsy value:\s+[^\n]*)/,
  /^AssertionError \[ERR_ASSERTION\]: (Missing expected (?:exception|rejection)|Got unwanted (?:exception|rejection)|The input (?:did not match|was expected to not match) the regular expression [^\n]*?\. Input)/,
  /^AssertionError \[ERR_ASSERTION\]: ([^\n]+ == true)$/,
  // Jest
  /(expect\([^\n]*\)(?:\.(?:not|resolves|rejects))*\.\w+\([^\n]*\))(?: \/\/ [^\n]*)?(?:\n|$)/,
  // Chai, Vitest
  /^AssertionError: ((?:.*?: )?)expected [\s\S]*? (to (?:not )?(?:(?:have|be|deeply|strictly|include|match|equal|throw|exist|contain|satisfy|respond|change|increase|decrease|start|end|resolve|reject|loosely|called|been|an?|of|than|or|instance|property|length|least|most|above|below|less|greater|close|object|keys?|members?|within|string|type|ok|truthy|falsy|empty|null|undefined|NaN|true|false|with|own|nested|deep|times|once|at|the|same)\b ?)+)/,
  /(Snapshot `[^`]*` mismatched)/,
  // unittest, without a message of its own
  /^AssertionError: (?:[\s\S]*?) (!=|==|<=|>=|<|>|is not|is|not found in|not less than|not greater than|unexpectedly found in|not close to) [\s\S]*?$/,
  // Rust
  /^(assertion `left \S+ right` failed(?:: [^\n]*)?|assertion failed: [^\n]*)/,
  // testify
  /Error:\s+(Not equal|Should \w[^\n]*|Received unexpected error|Expected [^\n:]*)(?=:?\s*\n)/,
  // JUnit, TestNG, Hamcrest, AssertJ
  /^([\w.$]+(?:Error|Exception|Failure): (?:[^\n]*? ==> )?)expected: ?<[\s\S]*?> (but was):/,
  /^([\w.$]+(?:Error|Exception): (?:[^\n]*? )?)expected ?\[[\s\S]*?\] (but found)/,
  /^([\w.$]+(?:Error): [^\n]*)\n?Expected: [\s\S]*?\n\s+(but): /,
  /^([\w.$]+(?:Error): \s*Expecting (?:actual|an?|empty|code)[^\n]*)\n[\s\S]*?\n(to be [^\n]*|to contain[^\n]*|not to [^\n]*)/,
  // RSpec, Minitest
  /^\s*(expected): [\s\S]*?\n\s*(got): /,
  /^\s*(expected) [\s\S]*? (to \w+(?: \w+)*?|not to \w+(?: \w+)*?)(?: [\s\S]*)?$/,
  /^\s*((?:\S[^\n]*\n)?)\s*Expected: [\s\S]*?\n\s*(Actual): /,
  // PHPUnit
  /((?:^|\n)(?:[^\n]+\n)?Failed asserting that )[\s\S]*? (is \w+(?: \w+)*|are \w+(?: \w+)*|matches expected|contains|has the key|exists|starts with|ends with|does not [a-z]+)/,
  // xUnit, NUnit
  /(Assert\.\w+\(\) Failure(?:: [^\n]*)?)/,
  /^\s*((?:[^\n]*\n)?)\s*Expected: [\s\S]*?\n\s*(But was): /,
  // ExUnit
  /^\s*(Assertion with \S+ failed|Expected truthy, got (?:false|nil)|match \(=\) failed)/m,
];

/** How pytest says that an `assert` without a message of its own failed. */
const BARE_ASSERT = /^(?:AssertionError: )?assert .+/;

/** Types of errors that only assertions have. */
const ASSERTION_TYPE = /^(?:[\w.$]*Assert\w*|Failed|[\w.$]*ExpectationNotMet\w*)\b/;

/**
 * The form of an assertion that says nothing but its values, without them.
 *
 * @param source the line of source that failed, where it is known
 * @returns null for an error with words of its own
 */
export function assertionForm(head: string, source: string | null): string | null {
  if (BARE_ASSERT.test(head)) return source === null ? 'assert' : source.replace(/,\s.*$/, '');
  for (const form of FORMS) {
    const found = form.exec(head);
    if (found === null) continue;
    const kept = found.slice(1).map((part) => part.trim());
    return [...kept, source ?? ''].filter((part) => part !== '').join(' … ');
  }
  return null;
}

/** Whether an assertion failed, in whatever words. */
export function isAssertion(head: string): boolean {
  return ASSERTION_TYPE.test(head);
}
