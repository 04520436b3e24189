import { isAlive } from '../../process/proc-stat.ts';
import { PindownError, usageError } from '../../core/errors.ts';
import { EXIT } from '../../core/exit-status.ts';
import { lookAt, treeOf } from '../../hang/look.ts';
import { hangJson } from '../../hang/report/json.ts';
import { hangText } from '../../hang/report/text.ts';
import { theme } from '../../report/terminal/theme.ts';
import { type Command, defineCommand } from '../command.ts';

export const hangCommand: Command = defineCommand({
  name: 'hang',
  summary: 'say what a process and all that come from it wait for',
  usage: ['hang PID [--json]'],
  description: [
    'Looks at a tree of processes from outside, whoever started it: which thread is blocked in which system call, who holds the other end, and whether anything can still end the wait. It neither stops nor kills nor signals anything; the tree goes on as if nobody had looked.',
    'A wait is proven to be for ever where nothing in the tree may go on any more: nothing runs, no time limit is set, and nobody outside of it holds another end. Anything that is not known counts as progress.',
    'Exits with 0 where it looked, whatever it found.',
  ],
  positionals: { min: 1, max: 1 },
  takesRest: false,
  options: {
    json: {
      kind: 'boolean',
      summary: 'print one JSON object: hung, proven, verdict, graph, evidence',
    },
  },
  examples: [
    { command: 'pindown hang 4711', explains: 'the process 4711 and its descendants' },
    { command: 'pindown hang $(pgrep -n node) --json', explains: 'for a script or an agent' },
  ],
  async run({ options, positionals: [word = ''] }, io) {
    const pid = Number(word);
    if (!Number.isInteger(pid) || pid < 1) {
      throw usageError(
        'not-a-pid',
        `Expected a process id, got "${word}".`,
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
    if (!isAlive(pid, null)) {
      throw usageError('no-process', `There is no process ${pid}.`, 'It may have ended by now.');
    }
    const diagnosis = await lookAt(treeOf(pid));
    await io.print(
      options.json === true
        ? `${JSON.stringify(hangJson(diagnosis), null, 2)}\n`
        : hangText(diagnosis, theme(io.stdout)),
    );
    return EXIT.passed;
  },
});
