import { formatElapsed } from '../duration.ts';
import type { ProgressView, ProgressViewOptions } from './live-progress.ts';
import { Progress } from './progress.ts';
import { progressLine } from './progress-line.ts';
import { sanitiseLine } from './sanitise.ts';

/** Often enough that a CI log does not look dead, too rarely to fill it. */
const HEARTBEAT_MS = 30_000;

/** Where nothing can be redrawn: a line for what matters, and now and then a sign of life. */
export function quietProgress(options: ProgressViewOptions): ProgressView {
  const { port, theme, clock, ticker } = options;
  const progress = new Progress();
  const heartbeat = (): void => {
    const now = clock.monotonic();
    const parts = [`${progress.done}/${progress.planned} done`];
    const left = progress.timeLeftMs(now);
    if (left !== null) parts.push(`about ${formatElapsed(left)} left`);
    const [longest] = progress.running;
    if (longest !== undefined) {
      const { path, pid, since } = longest;
      parts.push(`${sanitiseLine(path)} has run for ${formatElapsed(now - since)} (pid ${pid})`);
    }
    port.write(`${theme.paint('dim', parts.join(theme.dot))}\n`);
  };
  let stopTimer: (() => void) | null = null;
  return {
    handle(event) {
      progress.handle(event, clock.monotonic());
      const line = progressLine(event, theme);
      if (line !== null) port.write(`${line}\n`);
      stopTimer ??= ticker.every('heartbeat', HEARTBEAT_MS, heartbeat);
    },
    stop() {
      stopTimer?.();
      stopTimer = null;
    },
  };
}
