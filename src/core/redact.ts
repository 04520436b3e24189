/** What stands where a secret was. */
const REDACTED = '[redacted]';

/** Names of settings, environment variables and options whose values are secrets. */
const SECRET_NAME =
  '[A-Za-z0-9_.-]*(?:secret|token|passw(?:or)?d|passwd|passphrase|api[_-]?key|access[_-]?key|private[_-]?key|_key|credentials?|authorization)[A-Za-z0-9_.-]*';

/** A value ends at white space, at a quote that began it, and at what separates it from the next. */
const VALUE = String.raw`(?:"[^"]*"|'[^']*'|[^\s"'&;,]+)`;

/** `NAME=value`, `--name=value`, `"name": "value"`. */
const ASSIGNED = new RegExp(String.raw`(\b|-)(${SECRET_NAME})(["']?\s*[=:]\s*)${VALUE}`, 'gi');

/** `--password value`: the value is the next word. */
const OPTION = new RegExp(String.raw`(--?${SECRET_NAME})(\s+)(?!-)${VALUE}`, 'gi');

/** `https://user:password@host`, of any scheme. */
const USER_INFO = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi;

const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi;

/** Long words without a break: keys, tokens, hashes. Paths and names of tests are no such words. */
const LONG_WORD = /(?<![\w+/=.-])[\w+=-]{24,}(?![\w+/=.-])/g;

/**
 * Takes out of a text what looks like a secret: values of names such as KEY, TOKEN and PASSWORD,
 * credentials in URLs, long random words. Meant for everything that is kept of other people's
 * command lines and environments; what is redacted stays so when it is redacted again.
 */
export function redact(text: string): string {
  return text
    .replace(USER_INFO, `$1${REDACTED}@`)
    .replace(BEARER, `$1 ${REDACTED}`)
    .replace(ASSIGNED, `$1$2$3${REDACTED}`)
    .replace(OPTION, `$1$2${REDACTED}`)
    .replace(LONG_WORD, (word) => (isRandom(word) ? REDACTED : word));
}

/** Digits among letters all over, as words of people don't have them. */
function isRandom(word: string): boolean {
  const changes = word.match(/\d[A-Za-z]|[A-Za-z]\d/g)?.length ?? 0;
  return changes >= 5;
}
