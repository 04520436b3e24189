const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** `340 ms`, `12.3 s`, `2m 05s`, `1h 02m`: milliseconds for people. */
export function formatDuration(milliseconds: number): string {
  const ms = Math.max(0, Math.round(milliseconds));
  if (ms < SECOND) return `${ms} ms`;
  // What would round up to 60.0 s is a minute.
  if (ms < MINUTE - 50) return `${(ms / SECOND).toFixed(1)} s`;
  return formatElapsed(ms + SECOND / 2);
}

/** `0s`, `12s`, `2m 05s`, `1h 02m`: whole units, for what is still counting. */
export function formatElapsed(milliseconds: number): string {
  const seconds = Math.floor(Math.max(0, milliseconds) / SECOND);
  if (seconds < MINUTE / SECOND) return `${seconds}s`;
  const minutes = Math.floor((seconds * SECOND) / MINUTE);
  if (minutes < HOUR / MINUTE) return `${minutes}m ${pad(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
