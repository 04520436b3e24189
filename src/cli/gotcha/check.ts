import { EXIT } from '../../core/exit-status.ts';
import { isInForce } from '../../ledger/gotcha/read-ledger.ts';
import { stateOf } from '../../ledger/gotcha/state.ts';
import { errorText } from '../error-text.ts';
import type { Io } from '../io.ts';
import { json, stateWords } from './describe.ts';
import { readFaults } from './read-faults.ts';

interface Complaint {
  readonly file: string;
  readonly kind: 'invalid' | 'reopened' | 'expired' | 'quarantine-expired' | 'quarantine-stale';
  readonly message: string;
}

/**
 * `pindown gotcha check`: whether every entry is valid, and none is reopened, expired or stale.
 *
 * @returns 2 for an invalid entry, 1 for another complaint, 0 for none
 */
export async function checkGotchas(asJson: boolean, io: Io): Promise<number> {
  const { entries, cases, now } = await readFaults(io);
  const complaints = entries.flatMap((entry): Complaint[] => {
    if (entry.kind === 'invalid') {
      return [{ file: entry.file, kind: 'invalid', message: errorText(entry.error).trimEnd() }];
    }
    const { gotcha } = entry;
    if (!isInForce(gotcha)) return [];
    const state = stateOf(gotcha, cases, now);
    const kinds: readonly (readonly [Complaint['kind'], boolean])[] = [
      ['reopened', state.reopened !== null],
      ['expired', state.expired],
      ['quarantine-expired', state.quarantine === 'expired'],
      ['quarantine-stale', state.quarantine === 'active' && state.staleFor !== null],
    ];
    const message = stateWords(gotcha, state).join('; ');
    return kinds.flatMap(([kind, holds]) => (holds ? [{ file: gotcha.file, kind, message }] : []));
  });
  await io.print(
    asJson ? json({ entries: entries.length, complaints }) : text(complaints, entries.length),
  );
  if (complaints.some(({ kind }) => kind === 'invalid')) return EXIT.usage;
  return complaints.length > 0 ? EXIT.testFailed : EXIT.passed;
}

function text(complaints: readonly Complaint[], entries: number): string {
  if (complaints.length === 0) return `All is well with ${entries} of ${entries} entries.\n`;
  return `${complaints
    .map(({ file, kind, message }) =>
      kind === 'invalid' ? message : `${file}: ${kind}: ${message}`,
    )
    .join('\n')}\n`;
}
