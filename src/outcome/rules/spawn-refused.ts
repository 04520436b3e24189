import type { Fault } from '../../core/fault.ts';
import type { Rule } from './rule.ts';

const CODES: ReadonlyMap<string, string> = new Map([
  ['EAGAIN', 'no process more is allowed (RLIMIT_NPROC, pids.max)'],
  ['ENOMEM', 'there is no memory for it'],
  ['EMFILE', 'Pindown has too many files open (RLIMIT_NOFILE)'],
  ['ENFILE', 'the machine has too many files open'],
]);

/** The machine had no room for one more process. */
export const spawnRefused: Rule = {
  name: 'spawn-refused',
  theorem: {
    title: 'the machine had no room for another process',
    matches: `The kernel refused to start the unit with ${[...CODES.keys()].join(', ')}.`,
    proof: 'The errno of the refused start itself. No process came to be.',
    safe: 'Nothing had started.',
    bounds:
      'Five more attempts, after 0.1, 0.2, 0.4, 0.8 and 1.6 s. From the first refusal on one unit fewer runs at once, for the rest of the run, down to one.',
    givesUp:
      'The unit is spawn-failed, and the run says that the machine was too small: choose fewer --workers or raise the limit.',
    sources: ['fork(2)', 'execve(2)', 'https://nodejs.org/api/child_process.html'],
  },
  delaysMs: [100, 200, 400, 800, 1_600],
  narrows: true,
  claims: ({ refused }) => refused !== null && isLackOfRoom(refused),
  async prove({ refused }) {
    const code = refused?.code ?? '';
    return {
      holds: true,
      because: `${code} at its start: ${CODES.get(code) ?? ''}; nothing had run`,
    };
  },
};

/** Only of a fork does `EAGAIN` mean that; the others do of whatever call a start is made of. */
function isLackOfRoom({ code, call }: Fault): boolean {
  return CODES.has(code) && (code !== 'EAGAIN' || call === 'spawn');
}
