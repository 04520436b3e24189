import type { Clock } from '../../core/clock.ts';
import type { RunEvent } from '../../core/event.ts';
import { liveFrame } from './live-frame.ts';
import type { OutputPort } from './output-port.ts';
import { Painter } from './painter.ts';
import { Progress } from './progress.ts';
import { progressLine } from './progress-line.ts';
import type { Theme } from './theme.ts';
import type { Ticker } from './ticker.ts';

/** At most ten times a second; only what has changed is written. */
const REPAINT_MS = 100;

/** Shows where a run stands, until it is stopped. */
export interface ProgressView {
  handle(event: RunEvent): void;
  /** Takes away what is not to stay, and ends its timer. */
  stop(): void;
}

export interface ProgressViewOptions {
  readonly port: OutputPort;
  readonly theme: Theme;
  readonly clock: Clock;
  readonly ticker: Ticker;
}

/** The view on a terminal: a few lines that are redrawn in place. */
export function liveProgress(options: ProgressViewOptions): ProgressView {
  const { port, theme, clock, ticker } = options;
  const progress = new Progress();
  const painter = new Painter(port);
  let staying: string[] = [];
  const repaint = (): void => {
    const size = { columns: port.columns || 80, rows: port.rows || 24 };
    painter.paint(staying, liveFrame(progress, clock.monotonic(), size, theme));
    staying = [];
  };
  let stopTimer: (() => void) | null = null;
  return {
    handle(event) {
      progress.handle(event, clock.monotonic());
      const line = progressLine(event, theme);
      if (line !== null) staying.push(line);
      stopTimer ??= ticker.every('repaint the live view', REPAINT_MS, repaint);
    },
    stop() {
      stopTimer?.();
      stopTimer = null;
      painter.paint(staying, []);
      staying = [];
    },
  };
}
