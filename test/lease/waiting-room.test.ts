import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { giveBack } from '../../src/lease/attempt.ts';
import { FileClaims } from '../../src/lease/file-claims.ts';
import { Ground } from '../../src/lease/ground.ts';
import { mintName } from '../../src/lease/identity.ts';
import { ticketName } from '../../src/lease/names.ts';
import { WaitingRoom } from '../../src/lease/waiting-room.ts';
import { scratchDirectory } from '../report/scratch.ts';

const FOR_GOOD = 600_000;

describe('a waiting room', () => {
  const directory = realpathSync(scratchDirectory());
  const [first, second] = [ticketName(1, 1), ticketName(2, 1)];
  // With one backend a ticket is a file, with the other a directory.
  writeFileSync(join(directory, first), '');
  mkdirSync(join(directory, second));

  for (const ticket of [first, second]) {
    test(`wakes the first in the queue when a permit is given back: ${ticket}`, async () => {
      const room = new WaitingRoom(join(directory, ticket));
      const woken = room.doze(FOR_GOOD, FOR_GOOD, undefined);
      const ground = new Ground(directory, null);
      ground.run(giveBack(new FileClaims(mintName()), 0));
      if (ticket === second) ground.run(touch(second));
      assert.equal(await woken, true);
      room.close();
    });
  }

  test('ends with its time, with a signal, and without a watch, too', async () => {
    const room = new WaitingRoom(join(directory, 'not-there'));
    assert.equal(await room.doze(FOR_GOOD, 1, undefined), false);
    assert.equal(await room.doze(FOR_GOOD, FOR_GOOD, AbortSignal.timeout(1)), false);
    assert.equal(await room.doze(FOR_GOOD, FOR_GOOD, AbortSignal.abort()), false);
    room.close();
  });
});

function* touch(path: string): Generator<{ readonly op: 'touch'; readonly path: string }, void> {
  yield { op: 'touch', path };
}
