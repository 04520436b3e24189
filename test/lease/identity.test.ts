import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import {
  type Identity,
  identityIn,
  mintName,
  ownIdentity,
  type Sighting,
  standingOf,
} from '../../src/lease/identity.ts';

const SELF: Identity = {
  pid: 10,
  startTime: '500',
  boot: 'b00t',
  namespaces: '40-41',
  host: 'h0st',
};
const running: Sighting = { kind: 'running', startTime: '500' };

describe('an identity', () => {
  test('is in the names that are made from it, each of which is another', () => {
    const name = mintName();
    assert.deepEqual(identityIn(name), ownIdentity());
    assert.notEqual(mintName(), name);
    assert.equal(standingOf(name, ownIdentity()), 'alive');
    assert.ok(name.length < 200, 'short enough for a file name with a prefix');
  });

  test('of a process that has ended is dead', async () => {
    const child = spawn('true', { stdio: 'ignore' });
    const name = mintName({ ...ownIdentity(), pid: child.pid! });
    await once(child, 'exit');
    assert.equal(standingOf(name, ownIdentity()), 'dead');
  });

  const standings: readonly (readonly [string, Partial<Identity>, Sighting, string])[] = [
    ['the same', {}, running, 'alive'],
    ['nobody there', {}, { kind: 'gone' }, 'dead'],
    ['a zombie', {}, { kind: 'ended' }, 'dead'],
    ['its pid is somebody else’s', {}, { kind: 'running', startTime: '501' }, 'dead'],
    ['hidden from us', {}, { kind: 'hidden' }, 'unverifiable'],
    ['from before a boot', { boot: 'other' }, running, 'dead'],
    ['on another host', { host: 'other', boot: 'other' }, { kind: 'gone' }, 'unverifiable'],
    ['in another namespace', { namespaces: '42-41' }, { kind: 'gone' }, 'unverifiable'],
    ['no boot known', { boot: '-' }, { kind: 'gone' }, 'unverifiable'],
    ['no namespace known', { namespaces: '-' }, { kind: 'gone' }, 'unverifiable'],
    ['no start known', { startTime: '-' }, running, 'unverifiable'],
  ];
  for (const [what, differs, sighting, expected] of standings) {
    test(`${what}: ${expected}`, () => {
      const name = mintName({ ...SELF, ...differs });
      const self = what.startsWith('no ') ? { ...SELF, ...differs } : SELF;
      assert.equal(
        standingOf(name, self, () => sighting),
        expected,
      );
    });
  }

  test('that is none can not be told from a living one', () => {
    for (const name of ['', 'owner.json', '.nfs000001', '1.2.3.4.5', 'x.1.b.n.h.r']) {
      assert.equal(
        standingOf(name, SELF, () => ({ kind: 'gone' })),
        'unverifiable',
        name,
      );
    }
  });
});
