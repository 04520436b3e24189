import type { Dialect, Frame } from '../told.ts';

/** `    store_test.go:21: fetch: …`: what `t.Error` and `t.Log` write. */
const SAID = /^(?<indent>\s+)(?<file>[\w./-]+\.go):\d+: ?(?<text>.*)$/;
const PANIC = /^(?:panic|fatal error): (?<text>.*?)(?: \[recovered\].*)?$/;
const CALL = /^(?<name>[\w./*()\-[\]{}·]+)\(.*\)$/;
const PLACE = /^\t(?<file>\S+\.go):\d+(?: \+0x[0-9a-f]+)?$/;
/** What the runtime adds of its own on a signal. */
const GOROUTINE = /^goroutine \d+ \[/;

/** What a Go test says, and a panic's goroutines. */
export const go: Dialect = (lines) => {
  const panic = lines.findIndex((line) => PANIC.test(line));
  if (panic !== -1) {
    const stack = lines.findIndex((line, index) => index > panic && GOROUTINE.test(line));
    return {
      head: ['panic', PANIC.exec(lines[panic] ?? '')?.groups?.['text'] ?? ''],
      frames: stack === -1 ? [] : framesOf(lines.slice(stack)),
      source: null,
    };
  }
  const first = lines.findIndex((line) => SAID.test(line));
  const { file } = SAID.exec(lines[first] ?? '')?.groups ?? {};
  if (file === undefined) return null;
  const head = lines.slice(first).map((line) => SAID.exec(line)?.groups?.['text'] ?? line);
  return { head, frames: [{ file, name: null }], source: null };
};

function framesOf(lines: readonly string[]): Frame[] {
  return lines.flatMap((line, index): Frame[] => {
    const name = CALL.exec(line)?.groups?.['name'];
    const file = PLACE.exec(lines[index + 1] ?? '')?.groups?.['file'];
    if (name === undefined || file === undefined) return [];
    const short = name.split('/').at(-1) ?? name;
    return [
      { file, name: /\.(?:Test|Benchmark|Fuzz)\w+(?:\.func\d+)*$/.test(short) ? null : short },
    ];
  });
}
