/** Where systems keep what is temporary, and where Pindown gives each attempt a place of its own. */
const TEMPORARY =
  /(?:\/private)?(?:\/var\/folders\/\w+\/\w+\/T|\/(?:var\/)?tmp|\/dev\/shm|\/run\/user\/\d+)(?=\/)(?:\/pd-[\w-]{6,12}\/[0-9a-z]+(?=[/\s'":,;)\]]|$))?|\b[A-Z]:[\\/](?:[^\s\\/:'"]+[\\/])*Te?mp(?=[\\/])/g;

/** The characters of a path's part; what ends a path in prose does not belong to it. */
const PART = String.raw`[^\s/\\:'"<>|(),;\[\]{}]+`;

/** Stands for a temporary directory until what lies below it is read. */
const MARK = '\u0001';
const UNDER_TEMPORARY = new RegExp(String.raw`${MARK}((?:[\\/]+${PART})*)`, 'g');

/** What a machine installs: the same below these, wherever they lie. */
const INSTALLED = new RegExp(
  String.raw`(?<![\w.>])(?:[A-Z]:)?(?:[\\/]${PART})*[\\/](node_modules|site-packages|dist-packages|lib[\\/]python3?\.\d+|\.cargo[\\/]registry|pkg[\\/]mod|rustc)(?=[\\/])`,
  'g',
);

/** Directories that are the same on every machine. */
const SYSTEM = /^\/(?:bin|boot|dev|etc|lib|lib64|proc|sbin|sys|usr)\//;

const ABSOLUTE = new RegExp(String.raw`(?<![\w.<>/:~-])(?:[A-Z]:)?(?:[\\/]${PART}){2,}`, 'g');

/** `file.ts:12:5`, `file.py:12`, `File.java(12,5)`: a line is another one after each edit. */
const POSITION = /(\.[A-Za-z]\w{0,5})(?::\d+(?::\d+)?|\(\d+(?:,\d+)?\))(?!\w)/g;

/**
 * Paths of the project become relative to its root; of others the part that machines agree on is
 * kept: below a temporary directory only the last name, and that only below another one, since the
 * first is mostly made up anew each time. Line and column go.
 *
 * @param root the project's root in that run, absolute
 */
export function normalisePaths(text: string, root: string): string {
  const relative = root === '' ? text : withoutRoot(text.replaceAll('file://', ''), root);
  return relative
    .replace(TEMPORARY, MARK)
    .replace(UNDER_TEMPORARY, (_, rest: string) => {
      const parts = rest.split(/[\\/]+/).filter((part) => part !== '');
      return parts.length < 2 ? '<tmp>' : `<tmp>/${parts.at(-1) ?? ''}`;
    })
    .replace(INSTALLED, (_, kind: string) => `<lib>/${kind.replaceAll('\\', '/')}`)
    .replace(ABSOLUTE, (path) => (SYSTEM.test(path) ? path : `<dir>/${baseName(path)}`))
    .replace(POSITION, '$1');
}

/** The root itself stays visible as `.`, as where a command names its directory. */
function withoutRoot(text: string, root: string): string {
  const escaped = root.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const pattern = new RegExp(String.raw`(?<![\w./-])${escaped}(?:(/)|(?![\w.-]))`, 'g');
  return text.replace(pattern, (_, slash?: string) => (slash === undefined ? '.' : ''));
}

function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
