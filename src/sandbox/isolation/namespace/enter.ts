import type { Tools } from './tools.ts';

/**
 * What enters the namespaces. unshare(1) without `--fork` leaves the shell outside: its first
 * child is pid 1 of the new pid namespace, an init that does nothing but reap, in a session of its
 * own, so that no signal for the attempt's reaches it; it ends where a later start tells it to.
 * What the shell then becomes forks the attempt's program as pid 2 and ends as that ended: with
 * its exit status, or by its very signal.
 *
 * bubblewrap could do neither: it gives 128+n for a signal, which is an exit status, too; it dies
 * of the SIGTERM that its group is told to end by; and its own pid 1 ends with the program, so that
 * the kernel has killed all that was left behind before anybody could name it.
 */
const SCRIPT = `
"$2" "$3" -c 'trap "exit 0" TERM; while :; do "$0" 1000000; done' "$4" </dev/null >/dev/null 2>&1 &
echo $! >"$1"
unshare=$5
shift 5
exec "$unshare" --mount-proc --fork -- "$@"
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
  const { unshare, setsid, setpriv, sh, sleep } = tools;
  // The capabilities that mounting /proc needs are of the new user namespace alone; the program
  // must not have them.
  const [flags, drop] =
    entrant === 'root'
      ? [[], []]
      : [
          ['--user', '--map-current-user', '--keep-caps'],
          [setpriv, '--inh-caps=-all', '--ambient-caps=-all', '--'],
        ];
  const shell = [sh, '-c', SCRIPT, 'pindown-namespace', initFile, setsid, sh, sleep, unshare];
  return [unshare, '--pid', ...flags, '--', ...shell, setsid, ...drop, ...argv];
}
