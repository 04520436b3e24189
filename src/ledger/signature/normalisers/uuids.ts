const UUID = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi;

/** UUIDs, before their digits and letters are taken for dates, durations or numbers. */
export function normaliseUuids(text: string): string {
  return text.replace(UUID, '<id>');
}
