import type { Rule } from './rule.ts';

/** A program that somebody holds open for writing can't be executed; execve(2), `ETXTBSY`. */
export const execBusy: Rule = {
  name: 'exec-busy',
  theorem: {
    title: 'text file busy: the program to be started was still open for writing',
    matches: 'The kernel refused to start the unit with ETXTBSY.',
    proof:
      "The errno of the refused start itself. No process came to be, so nothing of the unit has run. Whoever is seen with the file open for writing is named; mostly it is a child that another thread's fork has just made, which inherited the descriptor and closes it when it executes its own program (close-on-exec acts at exec, not at fork).",
    safe: 'Nothing had started. The whole command is built anew.',
    bounds: 'Six calls in all, after 5, 10, 20, 40 and 80 ms.',
    givesUp:
      'The unit is spawn-failed: the file has a writer that stays. Close it, or write executables with installExecutable.',
    sources: ['execve(2)', 'https://github.com/golang/go/issues/22315'],
  },
  delaysMs: [5, 10, 20, 40, 80],
  narrows: false,
  claims: ({ refused }) => refused?.code === 'ETXTBSY' && refused.call === 'spawn',
  async prove({ refused }, look) {
    const path = refused?.path ?? 'it';
    const writers = look.writers(path);
    const who =
      writers.length === 0 ? 'the writer is gone by now' : `open in ${writers.join(', ')}`;
    return {
      holds: true,
      because: `ETXTBSY at the start of ${path}; ${who}; nothing had run`,
    };
  },
};
