import type { Tools } from './tools.ts';

/**
 * What enters the namespaces. unshare(1) leaves the shell outside: its first child is pid 1 of the
 * new pid namespace, an init that does nothing but reap, in a session of its own, so that no signal
 * for the attempt's reaches it; it ends where a later start tells it to. What the shell then
 * becomes forks the attempt's program and ends as that ended: with its exit status, or by its very
 * signal. nsenter(1) does so; unshare(1) has a `--fork`, too, but makes exit status 1 of a SIGKILL
 * (util-linux 2.38).
 *
 * bubblewrap could not: it gives 128+n for a signal, which is an exit status, too; it dies of the
 * SIGTERM that its group is told to end by; and its own pid 1 ends with the program, so that the
 * kernel has killed all that was left behind before anybody could name it.
 */
const SCRIPT = `
"$2" "$3" -c 'trap "exit 0" TERM; while :; do "$0" 1000000; done' "$4" </dev/null >/dev/null 2>&1 &
init=$!
echo "$init" >"$1"
nsenter=$5
unshare=$6
shift 6
exec "$nsenter" "--pid=/proc/$init/ns/pid" -- "$unshare" --mount-proc -- "$@"
`;

/** As whom it is entered: root needs no user namespace, anybody else can't do without. */
export type Entrant = 'root' | 'user';

/** The command that runs `argv` in a pid and a mount namespace of its own. */
export function enterNamespaces(
  tools: Tools,
  entrant: Entrant,
  initFile: string,
  argv: readonly string[],
): readonly [string, ...string[]] {
  const { nsenter, unshare, setsid, setpriv, sh, sleep } = tools;
  // The capabilities that mounting /proc needs are of the new user namespace alone; the program
  // must not have them.
  const [flags, drop] =
    entrant === 'root'
      ? [[], []]
      : [
          ['--user', '--map-current-user', '--keep-caps'],
          [setpriv, '--inh-caps=-all', '--ambient-caps=-all', '--'],
        ];
  const words = [initFile, setsid, sh, sleep, nsenter, unshare, setsid, ...drop, ...argv];
  return [unshare, '--pid', ...flags, '--', sh, '-c', SCRIPT, 'pindown-namespace', ...words];
}
