import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import {
  describeFault,
  environmentError,
  isSystemError,
  PindownError,
  remedyFor,
} from '../../core/errors.ts';
import { graverStatus } from '../../core/exit-status.ts';
import { errorText } from '../error-text.ts';
import type { Io } from '../io.ts';
import { copyReports } from './copy-reports.ts';

/** What the user asked for beyond what every run leaves in its directory. */
export interface Asked {
  /** Absolute; null where the reports are to stay where they are. */
  readonly out: string | null;
  /** Whether `report.json` is to be printed, in place of the last screen. */
  readonly json: boolean;
}

/**
 * Hands over a finished run's reports. What can't be handed over is told on stderr.
 *
 * @param exitCode what the run itself came to
 * @returns what the command ends with: 6 for what was asked for and not handed over, unless the
 *   run came to something graver
 */
export async function deliverReports(
  { exitCode, runDir }: { readonly exitCode: number; readonly runDir: string },
  { out, json }: Asked,
  io: Io,
): Promise<number> {
  const deliveries: (() => void | Promise<void>)[] = [];
  // The copies come first: who reads stdout may be slow to take what is printed.
  if (out !== null) deliveries.push(() => copyReports(runDir, out));
  if (json) deliveries.push(() => printReport(join(runDir, 'report.json'), io));
  let status = exitCode;
  for (const deliver of deliveries) {
    try {
      await deliver();
    } catch (error) {
      if (!(error instanceof PindownError)) throw error;
      io.stderr.write(errorText(error));
      status = graverStatus(status, error.exitCode);
    }
  }
  if (!json) await tellOfLostScreens(runDir, io);
  return status;
}

async function printReport(file: string, io: Io): Promise<void> {
  try {
    for await (const chunk of createReadStream(file, 'utf8')) await io.print(String(chunk));
  } catch (error) {
    if (!isSystemError(error) || error instanceof PindownError) throw error;
    throw environmentError(
      'report-unreadable',
      `There is no report to print: ${describeFault(error)}.`,
      'It was not written, and an error above says why; or something removed it since.',
      error,
    );
  }
}

/** Nothing of these was asked for, so no exit status comes of it. */
async function tellOfLostScreens(runDir: string, { stdout, stderr }: Io): Promise<void> {
  for (const [name, lost, other] of [
    ['stdout', stdout, stderr],
    ['stderr', stderr, stdout],
  ] as const) {
    const fault = await lost.settled();
    if (fault === null) continue;
    other.write(
      `warning: what Pindown had to say on ${name} could not be written: ${describeFault(fault)}. ${remedyFor(fault)} The run is recorded in ${runDir}.\n`,
    );
  }
}
