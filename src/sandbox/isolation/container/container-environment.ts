import { delimiter } from 'node:path';

/** They describe the machine outside, or lead to what is not in the container. */
const OUTSIDE = new Set(
  'USER LOGNAME SHELL HOSTNAME PWD SHLVL MAIL LD_LIBRARY_PATH LD_PRELOAD DISPLAY WAYLAND_DISPLAY XAUTHORITY SSH_AUTH_SOCK DBUS_SESSION_BUS_ADDRESS XDG_RUNTIME_DIR DOCKER_HOST DOCKER_CONFIG CONTAINER_HOST CONTAINERS_CONF CONTAINERS_STORAGE_CONF'.split(
    ' ',
  ),
);

/** They are directories: kept where that is one which the container shares. */
const DIRECTORIES = new Set(
  'HOME TMPDIR TMP TEMP PINDOWN_OUTER_TMPDIR XDG_CONFIG_HOME XDG_CACHE_HOME XDG_DATA_HOME XDG_STATE_HOME'.split(
    ' ',
  ),
);

/** Where programs are in an image that does not say it. */
const USUAL_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What a container shares with the machine, and where its image has its programs. */
export interface Inside {
  /** Absolute; at the same paths in the container. */
  readonly shared: readonly string[];
  /** The image's `PATH`; null where it says none. */
  readonly path: string | null;
}

/**
 * An attempt's environment as it holds in a container: less what describes the machine outside,
 * and with the image's own `PATH` behind those of its entries that the container shares, such as
 * the project's `node_modules/.bin`.
 */
export function containerEnvironment(
  env: Readonly<Record<string, string>>,
  { shared, path }: Inside,
): Record<string, string> {
  const inside = (place: string): boolean =>
    shared.some((root) => place === root || place.startsWith(`${root}/`));
  const kept = Object.entries(env).filter(
    ([name, value]) => !OUTSIDE.has(name) && (!DIRECTORIES.has(name) || inside(value)),
  );
  const own = (env['PATH'] ?? '').split(delimiter).filter(inside);
  return { ...Object.fromEntries(kept), PATH: [...own, path ?? USUAL_PATH].join(delimiter) };
}
