import { type Command, defineCommand } from '../command.ts';
import { COMMANDS } from '../table.ts';
import { usageError } from '../../core/errors.ts';

interface Words {
  readonly command: string;
  readonly summary: string;
  readonly options: readonly {
    readonly name: string;
    readonly summary: string;
    readonly values: readonly string[];
  }[];
}

export const completionCommand: Command = defineCommand({
  name: 'completion',
  summary: 'print a completion script for a shell',
  usage: ['completion bash|zsh|fish'],
  description: ['Prints a script that completes commands, options and their values.'],
  positionals: { min: 1, max: 1 },
  takesRest: false,
  options: {},
  examples: [
    { command: 'source <(pindown completion bash)', explains: 'complete in this shell' },
    {
      command: 'pindown completion fish > ~/.config/fish/completions/pindown.fish',
      explains: 'complete in every fish',
    },
  ],
  async run({ positionals: [shell] }, io) {
    const words = await Promise.all(COMMANDS.map(wordsOf));
    await io.print(scriptFor(shell ?? '', words));
    return 0;
  },
});

async function wordsOf(entry: (typeof COMMANDS)[number]): Promise<Words> {
  const { name, summary, options } = await entry.load();
  return {
    command: name,
    summary,
    options: Object.entries(options).map(([option, spec]) => ({
      name: `--${option}`,
      summary: spec.summary,
      values: spec.kind === 'enum' ? spec.values : [],
    })),
  };
}

function scriptFor(shell: string, words: readonly Words[]): string {
  switch (shell) {
    case 'bash':
      return bash(words);
    case 'zsh':
      // zsh understands bash's completion through its own module.
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(words)}`;
    case 'fish':
      return fish(words);
    default:
      throw usageError(
        'unknown-shell',
        `Expected bash, zsh or fish, got ${JSON.stringify(shell)}.`,
      );
  }
}

function bash(words: readonly Words[]): string {
  const values = words.flatMap(({ command, options }) =>
    options
      .filter((option) => option.values.length > 0)
      .map(
        (option) =>
          `    ${command}:${option.name}) COMPREPLY=($(compgen -W '${option.values.join(' ')}' -- "$current")); return ;;`,
      ),
  );
  const options = words.map(
    ({ command, options: own }) =>
      `    ${command}) words='${[...own.map(({ name }) => name), '--help'].join(' ')}' ;;`,
  );
  return `_pindown() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}" words=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${words.map(({ command }) => command).join(' ')} --help --version' -- "$current"))
    return
  fi
  case "$command:$previous" in
${values.join('\n')}
  esac
  case "$command" in
${options.join('\n')}
  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    *) COMPREPLY=($(compgen -f -- "$current")) ;;
  esac
}
complete -o filenames -F _pindown pindown
`;
}

function fish(words: readonly Words[]): string {
  return words
    .flatMap(({ command, summary, options }) => [
      `complete -c pindown -n __fish_use_subcommand -a ${command} -d ${quote(summary)}`,
      ...options.map(
        ({ name, summary: what, values }) =>
          `complete -c pindown -n '__fish_seen_subcommand_from ${command}' -l ${name.slice(2)} -d ${quote(what)}` +
          (values.length === 0 ? '' : ` -xa ${quote(values.join(' '))}`),
      ),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

/** As one word of fish. */
function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
