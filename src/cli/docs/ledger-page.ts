import {
  KEY_MEANINGS,
  QUARANTINE_MEANINGS,
  STATUS_MEANINGS,
} from '../../ledger/gotcha/meanings.ts';
import { SECTIONS } from '../../ledger/gotcha/sections.ts';

type Rows = readonly (readonly [string, string])[];

function rows(meanings: Readonly<Record<string, string>>): Rows {
  return Object.entries(meanings).map(([name, meaning]) => [`\`${name}\``, meaning] as const);
}

/** `docs/ledger-entries.md`, from the tables that entries are read by. */
export function ledgerPage(table: (head: readonly [string, string], rows: Rows) => string): string {
  return `# The entries of the ledger

A file \`.pindown-ledger/NAME.md\`: TOML between two lines \`+++\`, a title (\`# …\`), and Markdown. An unknown key is an error, and a run refuses a ledger that it can't read. Made from the code by \`npm run docs\`; what it is for stands in [the ledger](ledger.md).

\`\`\`
+++
signatures = ["s1:3c3d2707486abd79"]
status = "proven"
owner = "ana"
fixed = 2026-12-01T10:00:00Z
fixed-by = "commit 1f2e3d4"
+++
# The bank's sandbox refuses connections at full hours

## What was seen
…
\`\`\`

${table(['key', 'meaning'], rows(KEY_MEANINGS))}
A date stands without quotes: \`2026-12-24\` begins at midnight UTC.

## Status

${table(['status', 'meaning'], rows(STATUS_MEANINGS))}
## [quarantine]

${table(['key', 'meaning'], rows(QUARANTINE_MEANINGS))}
## Sections

${SECTIONS.map((section) => `\`## ${section}\``).join(', ')}; others as one likes. A comment (\`<!-- … -->\`) tells nothing.
`;
}
