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
    const { errorText } = await import('./error-text.ts');
    io.stderr.write(errorText(error));
    return error instanceof PindownError ? error.exitCode : EXIT.environment;
  }
}

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--version' || name === '-V') {
    await io.print(`${ownVersion()}\n`);
    return 0;
  }
  if (name === undefined || name === '--help' || name === '-h') {
    const { overview } = await import('./help.ts');
    await io.print(overview(), name === undefined ? 'stderr' : 'stdout');
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
    await io.print(commandHelp(command));
    return 0;
  }
  const { parseCommandLine } = await import('./parse.ts');
  return await command.run(parseCommandLine(command, rest), io);
}

/** The entry of the `bin` file. */
export async function runCli(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2), processIo());
}
