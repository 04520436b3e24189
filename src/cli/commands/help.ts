import { suggest } from '../../core/did-you-mean.ts';
import { usageError } from '../../core/errors.ts';
import { type Command, defineCommand } from '../command.ts';
import { commandHelp, overview } from '../help.ts';
import { COMMANDS } from '../table.ts';

export const helpCommand: Command = defineCommand({
  name: 'help',
  summary: 'show help for a command',
  usage: ['help [COMMAND]'],
  description: ['Shows the help of a command, or the overview of all of them.'],
  positionals: { min: 0, max: 1 },
  takesRest: false,
  options: {},
  examples: [{ command: 'pindown help run', explains: 'the same as pindown run --help' }],
  async run({ positionals: [name] }, io) {
    if (name === undefined) {
      await io.print(overview());
      return 0;
    }
    const entry = COMMANDS.find((command) => command.name === name);
    if (entry === undefined) {
      const near = suggest(
        name,
        COMMANDS.map((command) => command.name),
      );
      throw usageError(
        'unknown-command',
        `pindown has no command ${JSON.stringify(name)}.`,
        near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'See pindown --help.',
      );
    }
    await io.print(commandHelp(await entry.load()));
    return 0;
  },
});
