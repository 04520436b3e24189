import { CONFIG_GROUPS } from '../../config/config.ts';
import { EXIT_TABLE } from '../../core/exit-status.ts';
import { NEVER } from '../../outcome/rules/never.ts';
import { THEOREMS } from '../../outcome/rules/theorems.ts';
import { SCRUBBED } from '../../sandbox/environment.ts';
import type { Command } from '../command.ts';
import { optionSyntax, optionText } from '../help.ts';
import { COMMANDS } from '../table.ts';
import { hangsPage } from './hangs-page.ts';
import { ledgerPage } from './ledger-page.ts';

const HEADS = {
  run: '[run]',
  suite: '[[suite]]',
  isolation: '[isolation]',
  hang: '[hang]',
  pytest: '[pytest]',
  report: '[report]',
  setup: '[[setup]]',
  resources: '[resources]',
  unit: '[[unit]]',
} as const satisfies Record<keyof typeof CONFIG_GROUPS, string>;

/** The pages of `docs/` that are made from the same tables as the help, by path. */
export async function generatedDocs(): Promise<ReadonlyMap<string, string>> {
  const commands = await Promise.all(COMMANDS.map((entry) => entry.load()));
  return new Map([
    ['docs/commands.md', commandsPage(commands)],
    ['docs/configuration.md', configurationPage()],
    ['docs/environment.md', environmentPage()],
    ['docs/hangs.md', hangsPage()],
    ['docs/ledger-entries.md', ledgerPage(table)],
    ['docs/transient-faults.md', transientFaultsPage()],
  ]);
}

function commandsPage(commands: readonly Command[]): string {
  return `# Commands

Made from the command table by \`npm run docs\`; \`pindown COMMAND --help\` says the same.

${commands.map(commandSection).join('\n')}
## Exit status

Where several hold, the first of 1, 5, 7, 6, 4, 3 wins.

${table(['status', 'meaning'], EXIT_TABLE)}`;
}

function commandSection(command: Command): string {
  const options = Object.entries(command.options).map(
    ([name, spec]) => [`\`${optionSyntax(name, spec)}\``, optionText(spec)] as const,
  );
  return `## pindown ${command.name}

\`\`\`
${command.usage.map((usage) => `pindown ${usage}`).join('\n')}
\`\`\`

${command.description.join('\n\n')}

${options.length === 0 ? '' : `${table(['option', 'meaning'], options)}\n`}${command.examples
    .map(({ command: line, explains }) => `- \`${line}\`: ${explains}\n`)
    .join('')}`;
}

function transientFaultsPage(): string {
  const rules = THEOREMS.map(
    (rule) => `## ${rule.name}

${sentence(rule.title)}

- **Matches.** ${rule.matches}
- **Proof.** ${rule.proof}
- **Safe because.** ${rule.safe}
- **Bounds.** ${rule.bounds}
- **Gives up.** ${rule.givesUp}
- See ${rule.sources.join(', ')}.
`,
  );
  return `# Transient faults

A retry that goes green teaches people to ignore it. Pindown makes another attempt on its own only where one of these rules can prove that the environment failed before the test could; \`pindown explain RULE\` says the same. Anything else is real, and one test that failed is a veto against every rule. No rule reads what a process printed. A corpus of failures, most of them made to look transient, holds the rules to that (\`test/outcome/corpus/\`).

What a rule excused stays in every report, with the rule and its proof (\`retry\` of the attempt in \`report.json\`). It neither makes the unit flaky nor costs any of the user's \`--retries\`. A run has a budget of such further starts: 50, or one for ten units; each rule may use half of it. A rule that has given up three units is out for the rest of the run.

A suite's own infrastructure can say that it failed: one line \`component: text\` for each failure, appended to the file that \`PINDOWN_INFRA_FAILURE_FILE\` names. It counts for a unit that has its process to itself; in a batch of Vitest or Jest only where none of its files had begun.

${rules.join('\n')}
## Never

${table(['what', 'because'], NEVER)}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function configurationPage(): string {
  const groups = Object.entries(CONFIG_GROUPS).map(([name, { settings }]) => {
    const rows = settings.map((setting) => [`\`${setting.name}\``, setting.description] as const);
    return `## ${HEADS[name as keyof typeof HEADS]}\n\n${table(['setting', 'meaning'], rows)}`;
  });
  return `# Configuration

Pindown needs none. A \`pindown.toml\` marks the project's root; an unknown setting is an error. Made from the schema by \`npm run docs\`.

\`\`\`toml
[run]
timeout = "5m"
retries = 2

[[suite]]
name = "unit"
framework = "vitest"
dir = "web"

[[suite]]
name = "checks"
framework = "command"
patterns = ["checks/*.sh"]
command = ["sh", "{unit}"]
\`\`\`

${groups.join('\n')}`;
}

function environmentPage(): string {
  return `# The environment of an attempt

An attempt gets the environment that Pindown was started with, and beside it:

${table(
  ['variable', 'meaning'],
  [
    ['`PINDOWN_RUN_ID`', 'the run (UUIDv7)'],
    ['`PINDOWN_ATTEMPT_ID`', 'the attempt, or the batch that it shares its process with (UUIDv7)'],
    [
      '`PINDOWN_SLOT`',
      'the number of its worker, from 0: stable while it runs, and nobody else has it',
    ],
  ],
)}
The \`node_modules/.bin\` of Pindown's own package, which npm puts in front of \`PATH\`, is taken out. So is what is known to change the results of tests:

${table(
  ['variable', 'why'],
  SCRUBBED.map(([pattern, because]) => [`\`${pattern}\``, because]),
)}
Of descriptors an attempt has its standard streams and those of its leases. On Linux what Pindown was itself started with is closed in it, so that nobody waits for the end of a pipe that a test holds: a path like \`/dev/fd/63\`, as bash's \`<(...)\` makes it, can't be an argument of a test's command.
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return `${row(head)}${row(head.map(() => '---'))}${rows.map(row).join('')}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |\n`;
}
