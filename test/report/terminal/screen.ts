import { textWidth } from '../../../src/report/terminal/width.ts';

/**
 * A terminal in memory: lines that wrap at its columns, and the few escape sequences that a live
 * view may use. Any other control is an error, so that a test notices it.
 */
export class Screen {
  columns: number;
  rows: number;
  readonly isTTY = true;
  readonly colour = false;
  writes = 0;
  /** A cell a column; the second cell of a wide character is empty text. */
  #lines: string[][] = [[]];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): void {
    this.writes += 1;
    // oxlint-disable-next-line no-control-regex
    for (const [token] of text.matchAll(/\u001B\[(\d*)[A-Za-z]|[^]/gu)) this.#put(token);
  }

  /** What stands on it, without empty lines at the end. */
  get text(): string {
    return this.#lines
      .map((line) => line.join('').trimEnd())
      .join('\n')
      .trimEnd();
  }

  #put(token: string): void {
    if (token === '\n') {
      this.#down();
      this.#column = 0;
    } else if (token.startsWith('\u001B[')) {
      this.#sequence(token);
    } else if ((token.codePointAt(0) ?? 0) < 0x20) {
      throw new Error(`control character ${JSON.stringify(token)}`);
    } else {
      const width = textWidth(token);
      if (this.#column + width > this.columns) {
        this.#down();
        this.#column = 0;
      }
      const line = this.#line();
      while (line.length < this.#column) line.push(' ');
      if (width === 0) line[Math.max(0, this.#column - 1)] += token;
      for (let cell = 0; cell < width; cell += 1) {
        line[this.#column + cell] = cell === 0 ? token : '';
      }
      this.#column += width;
    }
  }

  #sequence(sequence: string): void {
    const count = Number(sequence.slice(2, -1) || '1');
    switch (sequence.at(-1)) {
      case 'A':
        // The view must fit: a terminal can't go up beyond its top.
        if (count >= this.rows) throw new Error(`up by ${count} of ${this.rows} rows`);
        this.#row = Math.max(0, this.#row - count);
        break;
      case 'J':
        this.#lines.length = this.#row + 1;
        this.#eraseLine();
        break;
      case 'K':
        this.#eraseLine();
        break;
      default:
        throw new Error(`escape sequence ${JSON.stringify(sequence)}`);
    }
  }

  #eraseLine(): void {
    const line = this.#line();
    line.length = Math.min(line.length, this.#column);
  }

  #down(): void {
    this.#row += 1;
    this.#line();
  }

  #line(): string[] {
    const line = this.#lines[this.#row] ?? [];
    this.#lines[this.#row] = line;
    return line;
  }
}
