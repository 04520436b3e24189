/** A `node --test` command's arguments, taken apart. */
export interface NodeArguments {
  /** Whether `--test` is among them. */
  readonly test: boolean;
  /** What a single file's process needs of them, in their order. */
  readonly kept: readonly string[];
  /** Files, directories and globs; none stands for Node's own default patterns. */
  readonly patterns: readonly string[];
}

/** Node's options whose value may be a word of its own (`node --help`, 18 to 26). */
const WITH_VALUE = new Set([
  '-C',
  '--conditions',
  '-e',
  '--eval',
  '--import',
  '-r',
  '--require',
  '--loader',
  '--experimental-loader',
  '--allow-fs-read',
  '--allow-fs-write',
  '--cpu-prof-dir',
  '--cpu-prof-interval',
  '--cpu-prof-name',
  '--diagnostic-dir',
  '--disable-proto',
  '--disable-warning',
  '--dns-result-order',
  '--env-file',
  '--env-file-if-exists',
  '--es-module-specifier-resolution',
  '--experimental-config-file',
  '--experimental-default-type',
  '--experimental-test-isolation',
  '--experimental-test-tag-filter',
  '--heap-prof-dir',
  '--heap-prof-interval',
  '--heap-prof-name',
  '--heapsnapshot-near-heap-limit',
  '--heapsnapshot-signal',
  '--icu-data-dir',
  '--input-type',
  '--localstorage-file',
  '--max-http-header-size',
  '--max-old-space-size-percentage',
  '--network-family-autoselection-attempt-timeout',
  '--openssl-config',
  '--redirect-warnings',
  '--report-directory',
  '--report-filename',
  '--report-signal',
  '--secure-heap',
  '--secure-heap-min',
  '--snapshot-blob',
  '--stack-trace-limit',
  '--test-concurrency',
  '--test-coverage-branches',
  '--test-coverage-exclude',
  '--test-coverage-functions',
  '--test-coverage-include',
  '--test-coverage-lines',
  '--test-global-setup',
  '--test-isolation',
  '--test-name-pattern',
  '--test-random-seed',
  '--test-reporter',
  '--test-reporter-destination',
  '--test-rerun-failures',
  '--test-shard',
  '--test-skip-pattern',
  '--test-timeout',
  '--title',
  '--tls-cipher-list',
  '--tls-keylog',
  '--trace-event-categories',
  '--trace-event-file-pattern',
  '--trace-require-module',
  '--unhandled-rejections',
  '--v8-pool-size',
  '--watch-kill-signal',
  '--watch-path',
]);

/** What concerns the parent of the files' processes only, or would make them share something. */
const PARENT_ONLY =
  /^--(?:test|watch(?:-.+)?|test-reporter(?:-destination)?|test-concurrency|test-shard|(?:experimental-)?test-isolation|test-rerun-failures|experimental-test-coverage|test-coverage-.+|inspect(?:-.+)?)$/;

/** Takes apart what stands behind `node`: the first word that is no option ends the options. */
export function parseNodeArguments(words: readonly string[]): NodeArguments {
  const kept: string[] = [];
  let test = false;
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at]!;
    if (!word.startsWith('-') || word === '-') break;
    if (word === '--') {
      at += 1;
      break;
    }
    const [name = ''] = word.split('=', 1);
    const own = WITH_VALUE.has(word) ? words.slice(at, at + 2) : [word];
    if (name === '--test') test = true;
    if (!PARENT_ONLY.test(name)) kept.push(...own);
    at += own.length - 1;
  }
  return { test, kept, patterns: words.slice(at) };
}
