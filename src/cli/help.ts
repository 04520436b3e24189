import { EXIT_TABLE } from '../core/exit-status.ts';
import { type Command, type OptionSpec } from './command.ts';
import { placeholderOf } from './parse.ts';
import { COMMANDS } from './table.ts';
import { wrap } from './wrap.ts';

/** The help of `pindown` itself. */
export function overview(): string {
  return [
    "pindown runs any test suite so that its result can be trusted, and pins down the tests that can't be.",
    '',
    'Usage: pindown COMMAND [options]',
    '',
    'Commands:',
    ...columns(COMMANDS.map(({ name, summary }) => [name, summary])),
    '',
    'Options:',
    ...columns([
      ['-h, --help', 'help for a command: pindown run --help'],
      ['--version', 'the version of Pindown'],
    ]),
    '',
    'Exit status (where several hold, the first of 1, 5, 7, 6, 4, 3 wins):',
    ...columns(EXIT_TABLE),
    '',
    'Examples:',
    ...columns([
      ['pindown run', "find this project's suite and run it"],
      ['pindown run test/api', 'run what is in one directory'],
      ["pindown run 'checks/*.sh' -- sh {unit}", 'run any program, one process a file'],
    ]),
    '',
  ].join('\n');
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  const options = [
    ...Object.entries(command.options).map(
      ([name, spec]) => [optionSyntax(name, spec), optionText(spec)] as const,
    ),
    ['-h, --help', 'show this help'] as const,
  ];
  return [
    `pindown ${command.name}: ${command.summary}`,
    '',
    ...command.usage.map(
      (usage, index) => `${index === 0 ? 'Usage: ' : '       '}pindown ${usage}`,
    ),
    '',
    ...command.description.flatMap((paragraph) => [...wrap(paragraph, 80), '']),
    'Options:',
    ...columns(options),
    '',
    'Examples:',
    ...command.examples.flatMap(({ command: line, explains }) => [
      `  ${line}`,
      `      ${explains}`,
    ]),
    '',
  ].join('\n');
}

/** `-w, --workers N`. */
export function optionSyntax(name: string, spec: OptionSpec): string {
  const short = spec.short === undefined ? '' : `-${spec.short}, `;
  const value = placeholderOf(spec);
  return `${short}--${name}${value === '' ? '' : ` ${value}`}`;
}

/** What an option does and what holds without it. */
export function optionText(spec: OptionSpec): string {
  return spec.default === undefined ? spec.summary : `${spec.summary} (default: ${spec.default})`;
}

const LEFT_WIDTH = 28;
const WIDTH = 100;

function columns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const left = Math.min(LEFT_WIDTH, Math.max(...rows.map(([text]) => text.length)));
  return rows.flatMap(([name, text]) => {
    const lines = wrap(text, WIDTH - left - 4);
    const head = name.length > left ? [`  ${name}`] : [];
    const body = lines.map((line, index) => {
      const label = index === 0 && head.length === 0 ? name : '';
      return `  ${label.padEnd(left)}  ${line}`;
    });
    return [...head, ...body];
  });
}
