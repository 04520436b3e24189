import { hasEnded, readProcFile, readProcStat, signalProcess } from '../../process/proc-stat.ts';
import { environmentError, PindownError, usageError } from '../../core/errors.ts';
import { EXIT } from '../../core/exit-status.ts';
import { lookAt, treeOf } from '../../hang/look.ts';
import type { Disturbance } from '../../hang/probes/probe.ts';
import { hangJson } from '../../hang/report/json.ts';
import { hangText } from '../../hang/report/text.ts';
import { theme } from '../../report/terminal/theme.ts';
import { type Command, defineCommand } from '../command.ts';
import { assertHoldable, holdTree } from '../hold-tree.ts';
import { signalsAfter } from '../signals-after.ts';

const UNTOUCHED: readonly Disturbance[] = ['nothing'];
const GOING_ON: readonly Disturbance[] = ['nothing', 'starts-inspector'];

export const hangCommand: Command = defineCommand({
  name: 'hang',
  summary: 'say what a process and all that come from it wait for',
  usage: ['hang PID [--probe] [--hold] [--json]'],
  description: [
    'Looks at a tree of processes from outside, whoever started it: which thread is blocked in which system call, who holds the other end, and whether anything can still end the wait. It neither stops nor kills nor signals anything; the tree goes on as if nobody had looked.',
    'With --probe it also asks those that can answer themselves: a Node through its inspector, which it is told to open by SIGUSR1 and which is closed again afterwards. It prints "Debugger listening" on its stderr, halts for moments, collects garbage, and goes on; what comes of it is the line that it loops at or awaits, and what keeps it.',
    'With --hold it stops the whole tree, as it is, once it was looked at (SIGSTOP), for a person with a debugger, and says how to let it go on; that may end the call that a thread was blocked in.',
    'A wait is proven to be for ever where nothing in the tree may go on any more: nothing runs, no time limit is set, and nobody outside of it holds another end. Anything that is not known counts as progress.',
    'Being busy or asleep while it is looked at is no hang by that alone: where an endless loop and a long one look the same, it says what it is at ("cannot be told") and what would decide; where it gets on, that it is slow and not hung.',
    'Exits with 0 where it looked, whatever it found.',
  ],
  positionals: { min: 1, max: 1 },
  takesRest: false,
  options: {
    probe: {
      kind: 'boolean',
      summary: 'ask the processes themselves, too, where that leaves them going',
    },
    hold: { kind: 'boolean', summary: 'stop the tree once it was looked at, and leave it so' },
    json: {
      kind: 'boolean',
      summary: 'print one JSON object: standing, hung, proven, verdict, graph, evidence',
    },
  },
  examples: [
    { command: 'pindown hang 4711', explains: 'the process 4711 and its descendants' },
    { command: 'pindown hang 4711 --probe', explains: 'with the lines of code that a Node is at' },
    { command: 'pindown hang 4711 --hold', explains: 'and keep it as it is, for gdb' },
    { command: 'pindown hang $(pgrep -n node) --json', explains: 'for a script or an agent' },
  ],
  async run({ options, positionals: [word = ''] }, io) {
    const number = Number(word);
    if (!/^[1-9]\d*$/.test(word) || !Number.isSafeInteger(number)) {
      throw usageError(
        'not-a-pid',
        `Expected a process id, got ${JSON.stringify(word)}.`,
        'pgrep and ps print them.',
      );
    }
    if (process.platform !== 'linux') {
      throw new PindownError(
        'no-proc',
        'Hangs are looked at through /proc, which only Linux has.',
        {
          exitCode: EXIT.environment,
        },
      );
    }
    const pid = processOf(number);
    const tree = treeOf(pid);
    if (options.hold === true) assertHoldable(pid, tree());
    const look =
      options.probe === true
        ? // An inspector that was opened is closed again, whatever ends this look.
          await signalsAfter(
            () => lookAt(tree, GOING_ON),
            (signal) =>
              io.stderr.write(
                `${signal}: closing what was opened in the processes that are asked; once more ends at once and leaves it open\n`,
              ),
          )
        : { result: await lookAt(tree, UNTOUCHED), exit: null };
    if (look.exit !== null) return look.exit;
    const diagnosis = look.result;
    await io.print(
      options.json === true
        ? `${JSON.stringify(hangJson(diagnosis), null, 2)}\n`
        : hangText(diagnosis, theme(io.stdout)),
    );
    if (options.hold === true) io.stderr.write(`${await holdTree(tree)}\n`);
    return EXIT.passed;
  },
});

/** What kill(2) takes. */
const MOST_PID = 2 ** 31 - 1;

/** The process that has this id, or a thread with it: `top -H` and `htop` show those, too. */
function processOf(id: number): number {
  const stat = readProcStat(id);
  if (stat === null && id <= MOST_PID && signalProcess(id, 0) !== 'gone') {
    throw environmentError(
      'hidden-process',
      `Process ${id} is there, and /proc does not show it: it is another user’s, and /proc is mounted with hidepid.`,
      'Look as that user or as root.',
    );
  }
  if (stat === null) {
    throw usageError('no-process', `There is no process ${id}.`, 'It may have ended by now.');
  }
  if (hasEnded(stat)) {
    throw usageError(
      'ended-process',
      `Process ${id} (${stat.command}) has ended, and its parent, ${stat.parent}, has not taken note of that yet.`,
      `"pindown hang ${stat.parent}" says what the parent does instead.`,
    );
  }
  const group = /^Tgid:\s+(\d+)$/m.exec(readProcFile(`/proc/${id}/status`) ?? '');
  return Number(group?.[1] ?? id);
}
