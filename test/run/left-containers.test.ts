import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { uuidv7 } from '../../src/core/ids.ts';
import { thisOwner } from '../../src/run/claim.ts';
import { removeLeftContainers } from '../../src/run/left-containers.ts';
import { ownerText, parseOwner } from '../../src/run/owner-text.ts';
import { stateDirectory } from '../../src/run/state-directory.ts';
import { scratchDirectory } from '../report/scratch.ts';
import { FakeEngine } from '../sandbox/isolation/fake-engine.ts';

const project = scratchDirectory();

test('an owner comes back from its text, whatever of it is unknown', () => {
  const owner = thisOwner();
  assert.deepEqual(parseOwner(ownerText(owner)), owner);
  const less = { ...owner, startTime: null, bootId: null };
  assert.deepEqual(parseOwner(ownerText(less)), less);
  assert.equal(parseOwner(''), null);
  assert.equal(parseOwner('1:2'), null);
});

test('of containers only those go that are this project’s and of a Pindown that is dead', async () => {
  const engine = await FakeEngine.make();
  const state = stateDirectory(project);
  const runDir = join(state.runsDir, uuidv7());
  mkdirSync(runDir, { recursive: true });
  writeFileSync(join(runDir, 'holder.json'), JSON.stringify({ engine: engine.program }));
  const own = thisOwner();
  const dead = ownerText({ ...own, startTime: 1 });
  const rebooted = ownerText({ ...own, bootId: '00000000-0000-0000-0000-000000000000' });
  const ours = { 'pindown.run': 'r', 'pindown.project': project };
  engine.put('dead', { ...ours, 'pindown.owner': dead });
  engine.put('rebooted', { ...ours, 'pindown.owner': rebooted });
  engine.put('living', { ...ours, 'pindown.owner': ownerText(own) });
  engine.put('unclaimed', ours);
  engine.put('foreign', { 'pindown.project': '/other', 'pindown.owner': dead });
  const notices = await removeLeftContainers(state, project);
  assert.deepEqual(
    ['dead', 'rebooted', 'living', 'unclaimed', 'foreign'].filter((name) =>
      existsSync(join(engine.dir, `${name}.container.json`)),
    ),
    ['living', 'unclaimed', 'foreign'],
  );
  assert.deepEqual(
    notices.map(({ code, message }) => [code, /the container (\w+)/.exec(message)?.[1]]),
    [
      ['left-by-earlier-run', 'dead'],
      ['left-by-earlier-run', 'rebooted'],
    ],
  );
  engine.put('dead', { ...ours, 'pindown.owner': dead });
  engine.setFaults({ sticky: true });
  const [left] = await removeLeftContainers(state, project);
  assert.equal(left?.code, 'not-given-back');
});
