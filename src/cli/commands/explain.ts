import { suggest } from '../../core/did-you-mean.ts';
import { usageError } from '../../core/errors.ts';
import { THEOREMS, type NamedTheorem } from '../../outcome/rules/theorems.ts';
import { NEVER } from '../../outcome/rules/never.ts';
import { type Theme, theme } from '../../report/terminal/theme.ts';
import { type Command, defineCommand } from '../command.ts';
import { paragraph } from '../wrap.ts';

export const explainCommand: Command = defineCommand({
  name: 'explain',
  summary: 'print the theorem behind a rule for another attempt',
  usage: ['explain [RULE] [--json]'],
  description: [
    'Without a name it lists the rules by which Pindown itself makes another attempt, and what it never takes for a fault of the environment. With the name of a rule it prints what the rule matches, what proves it, why another attempt is safe, its bounds, and what it says when it gives up.',
  ],
  positionals: { min: 0, max: 1 },
  takesRest: false,
  options: { json: { kind: 'boolean', summary: 'print JSON' } },
  examples: [
    { command: 'pindown explain', explains: 'all rules, and what is never excused' },
    { command: 'pindown explain exec-busy', explains: 'why "text file busy" may be tried again' },
  ],
  async run({ options, positionals: [name] }, io) {
    const look = theme(io.stdout);
    if (name === undefined) {
      await io.print(
        options.json === true
          ? json({ rules: THEOREMS, never: NEVER.map(([what, because]) => ({ what, because })) })
          : overview(look),
      );
      return 0;
    }
    const found = THEOREMS.find((rule) => rule.name === name);
    if (found === undefined) throw unknownRule(name);
    await io.print(options.json === true ? json(found) : proof(found, look));
    return 0;
  },
});

function json(value: object): string {
  return `${JSON.stringify({ schemaVersion: 1, ...value }, null, 2)}\n`;
}

function unknownRule(name: string): Error {
  const names = THEOREMS.map((rule) => rule.name);
  const near = suggest(name, names);
  return usageError(
    'unknown-rule',
    `There is no rule "${name}".`,
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `The rules are ${names.join(', ')}.`,
  );
}

function overview(look: Theme): string {
  const rules = THEOREMS.map(
    ({ name, title }) => `  ${look.paint('strong', name)}\n      ${title}\n`,
  );
  const never = NEVER.map(([what, because]) => `  ${what}\n${paragraph(because, 6)}`);
  return [
    'Another attempt is made only where one of these rules can prove that the environment failed:\n\n',
    ...rules,
    '\nNever, whatever it looks like:\n\n',
    ...never,
  ].join('');
}

function proof({ name, title, ...theorem }: NamedTheorem, look: Theme): string {
  const parts: readonly (readonly [string, string])[] = [
    ['Matches', theorem.matches],
    ['Proof', theorem.proof],
    ['Safe because', theorem.safe],
    ['Bounds', theorem.bounds],
    ['Gives up', theorem.givesUp],
    ['See', theorem.sources.join(', ')],
  ];
  return [
    `${look.paint('strong', name)}: ${title}\n`,
    ...parts.map(([head, text]) => `\n${look.paint('dim', head)}\n${paragraph(text, 2)}`),
  ].join('');
}
