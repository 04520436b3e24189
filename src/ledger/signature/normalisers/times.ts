const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*';
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*';
/** Names of files hold underscores or hyphens in place of the colons. */
const CLOCK = String.raw`\d{1,2}[:_-]\d{2}(?:[:_-]\d{2}(?:[.,_]\d+)?)?`;
const ZONE = String.raw`(?:\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}|C?EST|C?EDT|CEST|CET|JST|PST|PDT)(?![A-Za-z]))`;

/** The longest forms first. */
const MOMENTS: readonly RegExp[] = [
  new RegExp(String.raw`\b\d{4}-\d{2}-\d{2}[T ]${CLOCK}${ZONE}*`, 'g'),
  new RegExp(
    String.raw`\b(?:${DAY},?\s+)?${MONTH}\s+\d{1,2},?\s+(?:\d{4}\s+)?${CLOCK}${ZONE}*(?:\s+\d{4})?(?:\s+\([^)]*\))?`,
    'g',
  ),
  new RegExp(
    String.raw`\b(?:${DAY},?\s+)?\d{1,2}[ -]${MONTH}[ -]\d{4}(?:\s+${CLOCK}${ZONE}*)?`,
    'g',
  ),
  new RegExp(String.raw`\b${MONTH}\s+\d{1,2},?\s+\d{4}\b`, 'g'),
  /\b\d{4}[-/]\d{2}[-/]\d{2}\b/g,
  /\b\d{1,2}\/\d{1,2}\/\d{4}\b/g,
  /(?<![\w.:])\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?(?![\w:])/g,
];

const UNIT =
  '(?:ns|nanoseconds?|µs|us|microseconds?|ms|msecs?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)';
/** `1.5s`, `200 ms`, `1m30.5s`; a unit of one letter only without a space before it. */
const DURATION = new RegExp(
  String.raw`(?<![\w.])[+-]?(?:\d+(?:[.,_]\d+)*${UNIT})+(?![\w/])|(?<![\w.])[+-]?\d+(?:[.,_]\d+)*\s(?!(?:s|m|h|d)\b)${UNIT}(?![\w/])`,
  'g',
);

/** Moments and durations. */
export function normaliseTimes(text: string): string {
  return MOMENTS.reduce((rest, moment) => rest.replace(moment, '<time>'), text).replace(
    DURATION,
    '<duration>',
  );
}
