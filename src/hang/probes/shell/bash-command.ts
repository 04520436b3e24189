import { existsSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { elfSymbols } from '../native/elf-symbols.ts';
import { mappedFiles } from '../native/mapped-files.ts';
import { TargetMemory } from '../native/target-memory.ts';
import type { Observation, ObservedProcess } from '../../observe/observation.ts';
import type { Answer, Probe } from '../probe.ts';
import type { Frame } from '../stack.ts';

const COMMAND = 'the_printed_command_except_trap';
const LINE = 'line_number';
const NAMES = 'dollar_vars';

/**
 * The command that a bash is at, with its line, out of its memory: it exports what it needs for
 * loadable builtins, these variables among it. Other shells keep theirs to themselves.
 */
export const bashCommand: Probe = {
  name: 'bash-command',
  disturbs: 'nothing',
  limitMs: 500,
  applies: ({ now }) => basename(now.executable ?? '') === 'bash',
  run(process, { seen }) {
    const { pid, now } = process;
    if (hasSubshell(process, seen))
      return Promise.resolve(nothing('a subshell of it says what it is at'));
    const program = mappedFiles(pid).find(({ path }) => path === now.executable);
    const symbols =
      program === undefined ? null : elfSymbols(`/proc/${pid}/exe`, [COMMAND, LINE, NAMES]);
    const start = program?.start ?? 0;
    const frame = TargetMemory.read(pid, (memory) =>
      symbols === null ? null : frameIn(pid, memory, start, symbols),
    );
    return Promise.resolve(
      frame === null
        ? nothing('this bash does not show what it is at')
        : {
            stacks: [{ language: 'shell', of: 'thread', tid: pid, name: 'bash', frames: [frame] }],
            missing: null,
          },
    );
  },
};

/** Of a group or a subshell the shell itself keeps nothing, but the command that came before. */
function hasSubshell({ pid, now }: ObservedProcess, { processes }: Observation): boolean {
  return [...processes.values()].some(
    ({ now: of }) =>
      of.parent === pid && of.executable === now.executable && of.commandLine === now.commandLine,
  );
}

function nothing(missing: string): Answer {
  return { stacks: [], missing };
}

function frameIn(
  pid: number,
  memory: TargetMemory,
  start: number,
  symbols: ReadonlyMap<string, number>,
): Frame | null {
  const [command, line, names] = [symbols.get(COMMAND), symbols.get(LINE), symbols.get(NAMES)];
  if (command === undefined || line === undefined || names === undefined) return null;
  const text = memory.pointer(start + command);
  if (text === 0) return null;
  const script = memory.text(memory.pointer(start + names));
  return {
    function: memory.text(text),
    file: isScript(pid, script) ? script : null,
    line: memory.int32(start + line),
  };
}

/** `$0` is the script, or the shell itself where it was given its commands. */
function isScript(pid: number, name: string): boolean {
  const path = isAbsolute(name) ? `/proc/${pid}/root${name}` : join(`/proc/${pid}/cwd`, name);
  return basename(name) !== 'bash' && existsSync(path);
}
