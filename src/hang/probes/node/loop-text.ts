/** A `while`, `do` or `for` in a script's text. */
export interface LoopText {
  /** Offsets of its first letter and behind its last. */
  readonly from: number;
  readonly to: number;
  readonly condition: string;
  /** All that is run again and again, with strings and comments blanked. */
  readonly code: string;
}

/** The innermost loop around an offset of a script; null where there is none. */
export function loopAround(source: string, offset: number): LoopText | null {
  const code = blanked(source);
  const loops = [...code.matchAll(/\b(while|for|do)\b\s*(?=[({])/g)]
    .flatMap(({ index, 1: word = '' }) => loopAt(code, index, word) ?? [])
    .filter(({ from, to }) => from <= offset && offset < to);
  const innermost = loops.toSorted((a, b) => a.to - a.from - (b.to - b.from))[0];
  if (innermost === undefined) return null;
  return { ...innermost, code: code.slice(innermost.again, innermost.to) };
}

/** `again`: what stands before that is run once, as what a `for` begins with. */
type LoopSpan = Omit<LoopText, 'code'> & { readonly again: number };

function loopAt(code: string, from: number, word: string): LoopSpan | null {
  const open = code.slice(from).search(/[({]/) + from;
  const close = matching(code, open);
  if (close === null) return null;
  if (word === 'do') {
    const header = /^\s*while\s*(?=\()/.exec(code.slice(close));
    if (header === null) return null;
    const start = close + header[0].length;
    const to = matching(code, start);
    return to === null
      ? null
      : { from, again: from, to, condition: code.slice(start + 1, to - 1).trim() };
  }
  const header = code.slice(open + 1, close - 1);
  const parts = header.split(';');
  // Whoever iterates asks an iterator, of which the text says nothing.
  if (word === 'for' && parts.length !== 3) return null;
  const condition = (word === 'for' ? (parts[1] ?? '') : header).trim();
  const to = endOfStatement(code, close);
  const again = word === 'for' ? open + 1 + (parts[0]?.length ?? 0) : from;
  return { from, again, to, condition: condition === '' ? 'true' : condition };
}

function endOfStatement(code: string, from: number): number {
  const first = from + Math.max(0, code.slice(from).search(/\S/));
  if (code[first] === '{') return matching(code, first) ?? code.length;
  const end = code.slice(first).search(/[;\n}]/);
  return end < 0 ? code.length : first + end + 1;
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' };

/** Behind the bracket that closes the one at an offset. */
function matching(code: string, at: number): number | null {
  const open = code[at] ?? '';
  const close = CLOSING[open];
  let depth = 0;
  for (let index = at; index < code.length; index += 1) {
    if (code[index] === open) depth += 1;
    else if (code[index] === close) depth -= 1;
    if (depth === 0) return index + 1;
  }
  return null;
}

/** Comments, strings, templates and regular expressions, so that no bracket in them counts. */
const NO_CODE =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`|(?<=[=(,:;!&|?{}[\n]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/g;

function blanked(source: string): string {
  // The quotes of a template stay: a function may be called by it, or in it.
  return source.replaceAll(NO_CODE, (text) => text.replaceAll(/[^\n`]/g, ' '));
}

const CALL = /(?<!\b(?:while|for|if|switch|typeof|void|in|of|else|do|case))[\w$\])?.]\s*\(/;
const WAY_OUT = /\b(?:break|return|throw|await|yield|new|delete|import)\b|[\]}]\s*=(?!=)|`/;

/**
 * Whether nothing that stands in a loop can change what its condition reads: it calls nobody, leaves
 * nowhere, and assigns to no name of the condition.
 */
export function isClosedLoop({ code, condition }: LoopText): boolean {
  const words = withoutKeywords(code);
  if (CALL.test(words) || WAY_OUT.test(code)) return false;
  return namesIn(condition).every((name) => {
    const escaped = name.replaceAll('$', String.raw`\$`);
    const after = new RegExp(
      String.raw`(?<![\w$])${escaped}\s*(?:=(?![=>])|\+\+|--|[-+*/%&|^<>?]+=(?!=))`,
    );
    const before = new RegExp(String.raw`(?:\+\+|--)\s*[\w$.]*(?<![\w$])${escaped}(?![\w$])`);
    return !after.test(code) && !before.test(code);
  });
}

/** `while (` is no call. */
function withoutKeywords(code: string): string {
  return code.replaceAll(/\b(?:while|for|if|switch|do|else)\b/g, ';');
}

const RESERVED: ReadonlySet<string> = new Set([
  'true',
  'false',
  'null',
  'undefined',
  'typeof',
  'in',
  'instanceof',
  'void',
  'this',
]);

/** Every name in an expression, those of properties too. */
function namesIn(expression: string): string[] {
  const names = expression.match(/[A-Za-z_$][\w$]*/g) ?? [];
  return [...new Set(names)].filter((name) => !RESERVED.has(name));
}

/** Of those, the variables: what no dot stands before. */
export function variablesIn(expression: string): string[] {
  return namesIn(expression.replaceAll(/\??\.\s*[A-Za-z_$][\w$]*/g, ''));
}
