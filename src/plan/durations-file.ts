import * as v from 'valibot';
import { usageError } from '../core/errors.ts';
import { compareIds } from '../core/plan-entry.ts';
import { type Durations, DURATIONS_KEPT } from './durations.ts';

/** Raised when an older reader would misread what is written. */
const SCHEMA_VERSION = 1;

const fileSchema = v.strictObject({
  schemaVersion: v.literal(SCHEMA_VERSION),
  exportedAt: v.pipe(v.string(), v.isoTimestamp()),
  units: v.record(v.string(), v.array(v.pipe(v.number(), v.finite(), v.minValue(0)))),
});

const versionSchema = v.looseObject({ schemaVersion: v.number() });

const HINT =
  "Write it again with 'pindown durations export FILE', or take it from the version control again.";

/**
 * The text of a durations file: durations by unit id, milliseconds, the newest first. One unit a
 * line, sorted, whole milliseconds, so that a committed file changes only where the suite did.
 *
 * @param exportedAt milliseconds since the epoch
 */
export function formatDurations(durations: Durations, exportedAt: number): string {
  const lines = [...durations]
    .filter(([, values]) => values.length > 0)
    .sort(([a], [b]) => compareIds(a, b))
    .map(([id, values]) => {
      const kept = values.slice(0, DURATIONS_KEPT).map((ms) => Math.round(ms));
      return `    ${JSON.stringify(id)}: ${JSON.stringify(kept)}`;
    });
  const units = lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n  }`;
  const at = JSON.stringify(new Date(exportedAt).toISOString());
  return `{\n  "schemaVersion": ${SCHEMA_VERSION},\n  "exportedAt": ${at},\n  "units": ${units}\n}\n`;
}

/**
 * Reads a durations file.
 *
 * @param file its name, for messages
 * @throws PindownError (exit status 2) where it is not JSON, not of this format or of a newer one
 */
export function parseDurations(text: string, file: string): Durations {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw usageError('bad-durations', `${file} is not JSON: ${why}.`, HINT, error);
  }
  const version = v.safeParse(versionSchema, value);
  if (version.success && version.output.schemaVersion > SCHEMA_VERSION) {
    throw usageError(
      'newer-durations',
      `${file} has version ${version.output.schemaVersion} of the format; this Pindown reads version ${SCHEMA_VERSION}.`,
      'Use the version of Pindown that wrote it, or export the durations with this one.',
    );
  }
  const parsed = v.safeParse(fileSchema, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const where = v.getDotPath(issue);
    throw usageError(
      'bad-durations',
      `${file} is no file of durations: ${where === null ? '' : `${where}: `}${issue.message}.`,
      HINT,
    );
  }
  return new Map(Object.entries(parsed.output.units));
}
