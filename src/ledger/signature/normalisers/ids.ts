/** Pointers, and the identity that Java prints behind a class's name. */
const POINTER = /\b0x[0-9a-f]+\b|(?<=[\w\])$])@[0-9a-f]{5,8}\b/gi;
/** Hexadecimal with a digit and a letter: a hash, a short commit, random bytes. */
const HEX = /\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{6,}\b/gi;
/** What random generators make of letters and digits: it changes between them at least twice. */
const MIXED =
  /\b(?=[A-Za-z0-9]{6,}\b)[A-Za-z]*\d+[A-Za-z]+\d[A-Za-z0-9]*\b|\b(?=[A-Za-z0-9]{8,}\b)\d+[A-Za-z]+\d[A-Za-z0-9]*\b/g;
/** The same in base 36, with at least one digit amid the letters. */
const BASE36 = /\b(?=[a-z0-9]{9,}\b)[a-z]+\d+[a-z][a-z0-9]*\b/g;
/** What `mkdtemp` and `mktemp` append to a name, where it shows itself by a digit or a capital. */
const SUFFIX =
  /(?<=[A-Za-z][-_.])(?=[A-Za-z0-9_]*(?:\d|[a-z][A-Z]))(?=[A-Za-z0-9_]*[A-Za-z])[A-Za-z0-9_]{6,12}\b/g;
/** `goroutine 18`, `thread 'reads' (6522)`, `==1234==ERROR`. */
const OWNER = /(?<===)\d+(?===)/g;

/** Identifiers that are made up anew each time. */
export function normaliseIds(text: string): string {
  return text
    .replace(POINTER, (found) => (found.startsWith('@') ? '@<hex>' : '<hex>'))
    .replace(OWNER, '<n>')
    .replace(HEX, '<id>')
    .replace(MIXED, '<id>')
    .replace(BASE36, '<id>')
    .replace(SUFFIX, '<id>');
}
