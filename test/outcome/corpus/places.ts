/** The directories that a case's texts name, in place of which it has placeholders. */
export interface Places {
  readonly project: string;
  /** What listing and building left. */
  readonly scratch: string;
  /** The job's own directory. */
  readonly job: string;
  /** Where the job's output and results are kept. */
  readonly evidence: string;
  readonly token: string;
}

/** Puts a case's places where its placeholders stand, in whatever JSON holds. */
export function fillIn<T>(value: T, places: Places): T {
  const texts = Object.entries(places);
  return mapTexts(value, (text) =>
    texts.reduce((filled, [name, place]) => filled.replaceAll(`{${name}}`, () => place), text),
  );
}

/** Applies a change to every text in what JSON holds, the names of its parts among them. */
export function mapTexts<T>(value: T, change: (text: string) => string): T {
  const mapped = (part: unknown): unknown => {
    if (typeof part === 'string') return change(part);
    if (Array.isArray(part)) return part.map(mapped);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(
      Object.entries(part).map(([name, each]) => [change(name), mapped(each)]),
    );
  };
  return mapped(value) as T;
}
