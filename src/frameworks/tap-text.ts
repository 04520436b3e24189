const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Colours and other control sequences (ECMA-48, 5.4 and 8.3.89; OSC as xterm ends it).
 * `stripVTControlCharacters` of node:util takes time with the square of a line's length where a
 * sequence is never ended: seconds for one line of 64 KiB.
 */
// oxlint-disable-next-line no-control-regex
const CONTROLS = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)|[ -/]+[0-~])/g;

/**
 * What a line of output shows: without colours and a byte order mark, and cut where a progress bar
 * returns to the line's beginning and writes over it.
 */
export function shownLines(line: string): readonly string[] {
  const marked = line.startsWith(BYTE_ORDER_MARK) ? line.slice(1) : line;
  const plain = marked.includes('\u001B') ? marked.replaceAll(CONTROLS, '') : marked;
  return plain.includes('\r') ? plain.split('\r') : [plain];
}
