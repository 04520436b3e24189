import { shellWord } from './shell-word.ts';

/** How many paths a command is shown with; a longer one would not be read or pasted. */
const MAX_PATHS = 20;

/** What stands around the paths when these units are asked for again. */
export interface Again {
  /** Options: `--framework`, `pytest`. */
  readonly before: readonly string[];
  /** `--` and the command that the units are given to, if there is one. */
  readonly after: readonly string[];
}

/** Nothing but the paths. */
const PATHS_ALONE: Again = { before: [], after: [] };

/** The command that runs the units again. */
export interface RerunCommand {
  /** For a shell in the project's root. */
  readonly command: string;
  /** How many units it leaves out. */
  readonly left: number;
}

/**
 * @param paths those that are kept of the units' paths
 * @param total how many there are; 0 gives null
 */
export function rerunCommand(
  paths: readonly string[],
  total: number,
  again: Again = PATHS_ALONE,
): RerunCommand | null {
  if (total === 0) return null;
  const shown = [...new Set(paths)].slice(0, MAX_PATHS);
  return {
    command: [
      'pindown run',
      ...again.before.map(shellWord),
      ...shown.map((path) => shellWord(path.startsWith('-') ? `./${path}` : path)),
      ...again.after.map(shellWord),
    ].join(' '),
    left: Math.max(0, total - shown.length),
  };
}
