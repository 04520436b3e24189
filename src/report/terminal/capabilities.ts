/** What may be written to a stream. */
export interface Capabilities {
  /** A view that is redrawn in place. */
  readonly live: boolean;
  readonly colour: boolean;
  /** Characters beyond ASCII. */
  readonly unicode: boolean;
}

/**
 * What a stream can show, by the environment's conventions: `NO_COLOR` (https://no-color.org),
 * `FORCE_COLOR` (which wins, as in Node), `CI`, `TERM` (which is `dumb` or unset where nothing is
 * known of the terminal), and the locale's character set.
 */
export function capabilities(
  env: Readonly<Record<string, string | undefined>>,
  isTTY: boolean,
): Capabilities {
  const term = env['TERM'] ?? '';
  const drawable = isTTY && term !== '' && term !== 'dumb';
  return {
    live: drawable && !isSet(env['CI']),
    colour: forced(env['FORCE_COLOR']) ?? (drawable && (env['NO_COLOR'] ?? '') === ''),
    // The kernel's own console has few glyphs; an unset locale says nothing (most containers).
    unicode: term !== 'linux' && term !== 'dumb' && localeIsUtf8(env),
  };
}

/** `FORCE_COLOR` alone or as 1, 2, 3 or true asks for colours; 0 and false refuse them. */
function forced(value: string | undefined): boolean | null {
  if (value === undefined) return null;
  return value !== '0' && value !== 'false';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false' && value !== '0';
}

/** Of the three variables the first that is set to something decides (locale(7)). */
function localeIsUtf8(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'];
  return locale === undefined || locale === '' || /utf-?8/i.test(locale);
}
