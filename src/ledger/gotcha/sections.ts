/** What an entry's text tells, under headings of the second level. */
export const SECTIONS = [
  'What was seen',
  'Deciding observation',
  'What it ruled out',
  'Mitigation',
] as const;

export type Section = (typeof SECTIONS)[number];

const TITLE = /^#\s+(?<title>\S.*)$/m;
const HEADING = /^##\s+(?<name>\S.*?)\s*$/;
/** What the template says in a section that nobody has written yet. */
const COMMENT = /<!--[\s\S]*?-->/g;

/** The heading of the first level; null where there is none. */
export function titleOf(body: string): string | null {
  return TITLE.exec(body)?.groups?.['title']?.trim() ?? null;
}

/** What stands under each heading of the second level, in order, comments left out. */
export function sectionsOf(body: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  let name: string | null = null;
  for (const line of body.replace(COMMENT, '').split('\n')) {
    const heading = HEADING.exec(line)?.groups?.['name'];
    if (heading !== undefined) {
      name = heading;
      sections.set(name, '');
    } else if (name !== null) sections.set(name, `${sections.get(name) ?? ''}${line}\n`);
  }
  return new Map([...sections].map(([heading, text]) => [heading, text.trim()]));
}
