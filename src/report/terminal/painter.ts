import { stripVTControlCharacters } from 'node:util';
import type { OutputPort } from './output-port.ts';
import { textWidth } from './width.ts';

const ERASE_TO_END_OF_SCREEN = '\u001B[J';
const ERASE_TO_END_OF_LINE = '\u001B[K';

/** Keeps a few lines at the bottom of a terminal and redraws them in place. */
export class Painter {
  readonly #port: OutputPort;
  #painted: readonly string[] = [];

  constructor(port: OutputPort) {
    this.#port = port;
  }

  /**
   * Writes lines that stay, above the view, and the view anew; nothing where neither has changed.
   */
  paint(staying: readonly string[], view: readonly string[]): void {
    const same =
      view.length === this.#painted.length && view.every((line, i) => line === this.#painted[i]);
    if (same && staying.length === 0) return;
    const lines = [...staying, ...view].map((line) => `${line}${ERASE_TO_END_OF_LINE}\n`);
    // One write, so that the terminal never shows half a frame.
    this.#port.write(`${this.#toTop()}${lines.join('')}${ERASE_TO_END_OF_SCREEN}`);
    this.#painted = view;
  }

  /** Takes the view away. */
  clear(): void {
    if (this.#painted.length === 0) return;
    this.#port.write(this.#toTop() + ERASE_TO_END_OF_SCREEN);
    this.#painted = [];
  }

  /** To the first line of the view, as high as it stands now: a narrowed terminal wraps it. */
  #toTop(): string {
    const columns = this.#port.columns || Infinity;
    let height = 0;
    for (const line of this.#painted) {
      height += Math.max(1, Math.ceil(textWidth(stripVTControlCharacters(line)) / columns));
    }
    return height === 0 ? '' : `\u001B[${height}A`;
  }
}
