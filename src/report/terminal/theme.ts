import { styleText } from 'node:util';

export type Tone = 'bad' | 'warn' | 'good' | 'dim' | 'strong';

/** How things look on one stream. */
export interface Theme {
  paint(tone: Tone, text: string): string;
  readonly ellipsis: string;
  /** Before a worker's line. */
  readonly busy: string;
  /** Between items of a line. */
  readonly dot: string;
  /** Before each line that comes from a test, so that it can't pass for one of ours. */
  readonly gutter: string;
}

const FORMATS = {
  bad: 'red',
  warn: 'yellow',
  good: 'green',
  dim: 'dim',
  strong: 'bold',
} as const satisfies Record<Tone, Parameters<typeof styleText>[0]>;

export function theme({ colour, unicode }: { colour: boolean; unicode: boolean }): Theme {
  return {
    // The port has been asked already; util's own look at the stream would be a second opinion.
    paint: (tone, text) =>
      colour ? styleText(FORMATS[tone], text, { validateStream: false }) : text,
    ellipsis: unicode ? '…' : '...',
    busy: unicode ? '▸' : '>',
    dot: unicode ? ' · ' : ', ',
    gutter: unicode ? '│ ' : '| ',
  };
}
