import { suggest } from '../core/did-you-mean.ts';
import { PindownError, usageError } from '../core/errors.ts';
import { EXIT } from '../core/exit-status.ts';
import { type Io, processIo } from './io.ts';
import { ownVersion } from './version.ts';

/** Runs `pindown` with these arguments; returns the exit status, having told of any error. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(args, io);
  } catch (error) {
    io.stderr.write(await describeError(error));
    return error instanceof PindownError ? error.exitCode : EXIT.environment;
  }
}

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--version' || name === '-V') {
    io.stdout.write(`${ownVersion()}\n`);
    return 0;
  }
  if (name === undefined || name === '--help' || name === '-h') {
    const { overview } = await import('./help.ts');
    (name === undefined ? io.stderr : io.stdout).write(overview());
    return name === undefined ? EXIT.usage : 0;
  }
  const { COMMANDS } = await import('./table.ts');
  const entry = COMMANDS.find((command) => command.name === name);
  if (entry === undefined) {
    const near = suggest(name, [...COMMANDS.map((command) => command.name), '--help', '--version']);
    throw usageError(
      'unknown-command',
      `pindown has no command ${JSON.stringify(name)}.`,
      near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'See pindown --help.',
    );
  }
  const command = await entry.load();
  const end = rest.indexOf('--');
  const own = end < 0 ? rest : rest.slice(0, end);
  if (own.includes('--help') || own.includes('-h')) {
    const { commandHelp } = await import('./help.ts');
    io.stdout.write(commandHelp(command));
    return 0;
  }
  const { parseCommandLine } = await import('./parse.ts');
  return await command.run(parseCommandLine(command, rest), io);
}

/**
 * A known error in friendly lines; an unknown one is a defect of ours and keeps its stack. Either
 * may repeat what a framework has said, in any characters.
 */
async function describeError(error: unknown): Promise<string> {
  const { sanitiseLine } = await import('../report/terminal/sanitise.ts');
  return errorText(error)
    .split(/\r\n|[\n\r]/)
    .map(sanitiseLine)
    .join('\n');
}

function errorText(error: unknown): string {
  if (error instanceof PindownError) {
    return `error: ${error.message}\n${error.hint === null ? '' : `${error.hint}\n`}`;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `error: Pindown itself failed, so nothing is known of the suite. This is a defect of Pindown: please report it with these lines.\n${stack}\n`;
}

/** The entry of the `bin` file. */
export async function runCli(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2), processIo());
}
