import { parseArgs } from 'node:util';
import { suggest } from '../core/did-you-mean.ts';
import { parseDuration } from '../core/duration-text.ts';
import { usageError } from '../core/errors.ts';
import type { Command, CommandInput, OptionSpec, OptionTable } from './command.ts';

/**
 * Parses what stands after the command's name against its table.
 *
 * @throws PindownError (exit status 2) for an unknown option, a value that is missing or not of its
 *   kind, and positionals that the command does not take
 */
export function parseCommandLine<T extends OptionTable>(
  command: Command<T>,
  args: readonly string[],
): CommandInput<T> {
  const help = `See pindown ${command.name} --help.`;
  const end = args.indexOf('--');
  const own = end < 0 ? args : args.slice(0, end);
  const rest = end < 0 ? null : args.slice(end + 1);
  if (rest !== null && !command.takesRest) {
    throw usageError('unexpected-rest', `pindown ${command.name} takes nothing after "--".`, help);
  }
  const { tokens } = parseArgs({
    args: [...own],
    options: parserOptions(command.options),
    allowPositionals: true,
    allowNegative: true,
    strict: false,
    tokens: true,
  });
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(command.options))
    if (spec.kind === 'list') values[name] = [];
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const spec = command.options[token.name];
    if (spec === undefined) throw unknownOption(command, token.rawName);
    const value = optionValue(token.rawName, spec, token.value, help);
    if (spec.kind === 'list') values[token.name] = [...(values[token.name] as string[]), value];
    else values[token.name] = value;
  }
  const { min, max } = command.positionals;
  if (positionals.length < min) {
    throw usageError(
      'missing-argument',
      `pindown ${command.name} needs ${min === 1 ? 'an argument' : `${min} arguments`}: pindown ${command.usage[0]}.`,
      help,
    );
  }
  if (positionals.length > max) {
    throw usageError(
      'unexpected-argument',
      `pindown ${command.name} does not take ${JSON.stringify(positionals[max])}.`,
      help,
    );
  }
  // The table says what each value is, and every one was checked against it above.
  return { options: values as CommandInput<T>['options'], positionals, rest };
}

function parserOptions(
  table: OptionTable,
): Record<string, { type: 'string' | 'boolean'; short?: string; multiple: true }> {
  return Object.fromEntries(
    Object.entries(table).map(([name, spec]) => [
      name,
      {
        type: spec.kind === 'boolean' ? ('boolean' as const) : ('string' as const),
        multiple: true as const,
        ...(spec.short === undefined ? {} : { short: spec.short }),
      },
    ]),
  );
}

function optionValue(
  name: string,
  spec: OptionSpec,
  text: string | undefined,
  help: string,
): unknown {
  if (spec.kind === 'boolean') {
    if (text !== undefined) throw usageError('unexpected-value', `${name} takes no value.`, help);
    return !name.startsWith('--no-');
  }
  if (text === undefined) {
    throw usageError(
      'missing-value',
      `${name} needs a value: ${name} ${placeholderOf(spec)}.`,
      help,
    );
  }
  switch (spec.kind) {
    case 'string':
    case 'list':
      return text;
    case 'integer': {
      const value = Number(text);
      if (/^\d+$/.test(text) && value >= spec.min && value <= (spec.max ?? Number.MAX_SAFE_INTEGER))
        return value;
      const range =
        spec.max === undefined ? `of ${spec.min} or more` : `from ${spec.min} to ${spec.max}`;
      throw usageError(
        'bad-value',
        `Expected ${name} to be a whole number ${range}, got ${JSON.stringify(text)}.`,
        help,
      );
    }
    case 'duration': {
      const value = parseDuration(text);
      if (value !== null && value > 0) return value;
      throw usageError(
        'bad-value',
        `Expected ${name} to be a duration such as 300, 90s, 5m or 250ms, got ${JSON.stringify(text)}.`,
        help,
      );
    }
    case 'enum': {
      if (spec.values.includes(text)) return text;
      const near = suggest(text, spec.values)[0];
      throw usageError(
        'bad-value',
        `Expected ${name} to be one of ${spec.values.join(', ')}, got ${JSON.stringify(text)}.`,
        near === undefined ? help : `Did you mean ${near}?`,
      );
    }
  }
}

/** What stands for an option's value in help and messages. */
export function placeholderOf(spec: OptionSpec): string {
  switch (spec.kind) {
    case 'boolean':
      return '';
    case 'enum':
      return spec.values.join('|');
    case 'string':
    case 'list':
    case 'integer':
    case 'duration':
      return spec.placeholder;
  }
}

function unknownOption(command: Command, name: string): Error {
  const known = Object.keys(command.options).map((option) => `--${option}`);
  const near = suggest(name, [...known, '--help']);
  return usageError(
    'unknown-option',
    `pindown ${command.name} has no option ${name}.`,
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `See pindown ${command.name} --help.`,
  );
}
