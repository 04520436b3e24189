const PLAIN = /^[\p{L}\p{N}_@%+=:,./-]+$/u;

/**
 * What must not stand bare in a line for people: controls, what reorders or breaks a line, half a
 * surrogate pair, and `##`, of which CI systems make commands (`##[error]`).
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|##/u;

/** One character of it. */
const HIDDEN_CHARACTER = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}#]/u;

/** One word for a POSIX shell; for bash, zsh and ksh where it holds characters that don't show. */
export function shellWord(word: string): string {
  if (PLAIN.test(word)) return word;
  if (!HIDDEN.test(word)) return `'${word.replaceAll("'", `'\\''`)}'`;
  const escaped = Array.from(word, (character) => {
    if (character === "'" || character === '\\') return `\\${character}`;
    if (!HIDDEN_CHARACTER.test(character)) return character;
    return Array.from(Buffer.from(character), (byte) => `\\x${hex(byte)}`).join('');
  });
  return `$'${escaped.join('')}'`;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
