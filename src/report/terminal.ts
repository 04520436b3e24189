import type { Clock } from '../core/clock.ts';
import type { Sink } from '../core/event.ts';
import { Digest } from './digest.ts';
import type { Again } from './rerun-command.ts';
import { lastScreen } from './terminal/last-screen.ts';
import { liveProgress } from './terminal/live-progress.ts';
import type { OutputPort } from './terminal/output-port.ts';
import { quietProgress } from './terminal/quiet-progress.ts';
import { theme } from './terminal/theme.ts';
import type { Ticker } from './terminal/ticker.ts';

export interface TerminalOptions {
  /** Gets the results. */
  readonly stdout: OutputPort;
  /** Gets the progress. */
  readonly stderr: OutputPort;
  /** Whether stderr can be redrawn in place (`capabilities`). */
  readonly live: boolean;
  readonly unicode: boolean;
  /** The project's root and the run's directory, absolute. */
  readonly root: string;
  readonly runDir: string;
  /** At the end of the run: absolute paths of the reports that were written. */
  readonly reports: () => readonly string[];
  /** What stands around the paths in the command that runs the failures again. */
  readonly again?: Again;
  /** How many of the slowest units are listed; 0 for none. */
  readonly slowest: number;
  readonly clock: Clock;
  readonly ticker: Ticker;
}

/** What people see: progress on stderr while the run goes on, the last screen on stdout. */
export function terminalSink(options: TerminalOptions): Sink {
  const { stdout, stderr, live, unicode, clock, ticker } = options;
  const digest = new Digest(options.slowest);
  const viewOptions = {
    port: stderr,
    theme: theme({ colour: stderr.colour, unicode }),
    clock,
    ticker,
  };
  const view = live ? liveProgress(viewOptions) : quietProgress(viewOptions);
  return {
    name: 'terminal',
    handle(event) {
      digest.handle(event);
      view.handle(event);
      if (event.type !== 'run-finished') return;
      view.stop();
      const shown = { ...options, reports: options.reports() };
      stdout.write(lastScreen(digest, shown, theme({ colour: stdout.colour, unicode })));
    },
    close: () => view.stop(),
  };
}
