/** A word of a command line, quotes removed. */
export interface ShellWord {
  readonly text: string;
  /** It holds `*`, `?` or `[` outside of quotes: the shell replaces it by the paths it matches. */
  readonly glob: boolean;
}

/** One simple command of a line: the words between `&&`, `||`, `;`, `|` and `&`. */
export interface ShellCommand {
  readonly words: readonly ShellWord[];
  /** As it was written. */
  readonly text: string;
}

/** Two characters each, before the single ones that they begin with. */
const OPERATORS = ['&&', '||', ';', '|', '&', '\n', '(', ')'];

/** `2>&1`, `>> file`, `< file`: what redirects, and whether its target is the next word. */
const REDIRECTION = /^\d*(?:>>|>&|<&|>\||>|<)(&?)(?:\d+|-)?/;

/**
 * Splits a command line as sh does (POSIX Shell Command Language, 2.2 and 2.3): quotes,
 * backslashes, operators, redirections (left out) and comments. Nothing is expanded: `$NAME` stays
 * as it stands.
 */
export function splitCommands(line: string): readonly ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: ShellWord[] = [];
  let begin = 0;
  let at = 0;
  const endCommand = (): void => {
    if (words.length > 0) commands.push({ words, text: line.slice(begin, at).trim() });
    words = [];
  };
  while (at < line.length) {
    const operator = OPERATORS.find((candidate) => line.startsWith(candidate, at));
    const redirection = REDIRECTION.exec(line.slice(at));
    if (operator !== undefined) {
      endCommand();
      at += operator.length;
      begin = at;
    } else if (/\s/.test(line[at]!)) {
      at += 1;
    } else if (redirection !== null) {
      at += redirection[0].length;
      if (/[<>|]$/.test(redirection[0])) at = readWord(line, skipBlanks(line, at)).end;
    } else if (line[at] === '#') {
      const end = line.indexOf('\n', at);
      line = line.slice(0, at) + (end === -1 ? '' : line.slice(end));
    } else {
      const { end, ...word } = readWord(line, at);
      words.push(word);
      at = end;
    }
  }
  endCommand();
  return commands;
}

function skipBlanks(line: string, at: number): number {
  while (line[at] === ' ' || line[at] === '\t') at += 1;
  return at;
}

function readWord(line: string, at: number): ShellWord & { end: number } {
  let text = '';
  let glob = false;
  while (at < line.length && !/[\s;&|<>()]/.test(line[at]!)) {
    const character = line[at]!;
    if (character === "'" || character === '"') {
      const quoted = readQuoted(line, at);
      text += quoted.text;
      at = quoted.end;
    } else if (character === '\\') {
      text += line[at + 1] ?? '';
      at += 2;
    } else {
      if ('*?['.includes(character)) glob = true;
      text += character;
      at += 1;
    }
  }
  return { text, glob, end: at };
}

/** From an opening quote to after its end; an unclosed one reaches to the end of the line. */
function readQuoted(line: string, at: number): { text: string; end: number } {
  const quote = line[at]!;
  let text = '';
  for (at += 1; at < line.length && line[at] !== quote; at++) {
    // Between double quotes a backslash means something before these characters only.
    if (quote === '"' && line[at] === '\\' && '$`"\\\n'.includes(line[at + 1] ?? ' ')) at += 1;
    text += line[at] ?? '';
  }
  return { text, end: at + 1 };
}
