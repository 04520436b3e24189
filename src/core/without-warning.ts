/**
 * Does something without the one warning of Node's that starts with this text, which it prints at
 * the first use of an experimental module. Every other warning goes its way.
 */
export function withoutWarning<T>(text: string, work: () => T): T {
  // oxlint-disable-next-line typescript/unbound-method -- put back as it was, called with its this
  const original = process.emitWarning;
  const filtered = (warning: string | Error, ...rest: readonly unknown[]): void => {
    if (String(warning).startsWith(text)) return;
    Reflect.apply(original, process, [warning, ...rest]);
  };
  process.emitWarning = filtered;
  try {
    return work();
  } finally {
    process.emitWarning = original;
  }
}
