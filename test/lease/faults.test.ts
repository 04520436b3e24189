import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type Attempt, attempt, type Contender, giveBack } from '../../src/lease/attempt.ts';
import { type Backend, BACKENDS } from '../../src/lease/claims.ts';
import { claimsOf } from '../../src/lease/claims-of.ts';
import { Ground } from '../../src/lease/ground.ts';
import { mintName } from '../../src/lease/identity.ts';
import type { Answer, Operation, Steps } from '../../src/lease/operation.ts';
import { loadSystemCalls } from '../../src/process/native/load-system-calls.ts';
import { scratchDirectory } from '../report/scratch.ts';

const calls = loadSystemCalls();
const backends = BACKENDS.filter((backend) => backend === 'files' || calls.via !== null);
const scratch = realpathSync(scratchDirectory());

/** Something that happens right before an operation, which may answer in its stead. */
type Fault = (operation: Operation, ground: Ground) => Answer | null;

describe('an attempt at a lease, with a fault at each of its operations', () => {
  for (const backend of backends) {
    test(`${backend}: the directory is gone between two steps`, () => {
      const came = atEach(backend, (_operation, { directory }) => {
        rmSync(directory, { recursive: true });
        mkdirSync(directory);
        return null;
      });
      // Either it is noticed, or it did not matter any more; it is never an error.
      for (const { kind } of came) assert.match(kind, /^(?:acquired|ground-gone|busy)$/);
      assert.ok(came.some(({ kind }) => kind === 'ground-gone'));
    });

    test(`${backend}: the directory is gone, and stays so`, () => {
      const came = atEach(backend, (_operation, { directory }) => {
        rmSync(directory, { recursive: true });
        return null;
      });
      for (const { kind } of came.slice(0, -1)) assert.match(kind, /^(?:ground-gone|busy)$/);
    });

    for (const code of ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'ENAMETOOLONG', 'EMFILE']) {
      test(`${backend}: ${code} fails at once, and leaves nothing taken`, () => {
        const came = atEach(backend, (operation) => refused(operation, code));
        for (const each of came) assert.equal(each.kind === 'failed' && each.code, code);
      });
    }
  }
});

/**
 * Makes one attempt for each operation of an attempt, with the fault right before that one; and
 * sees each time that the permit can be had afterwards, and that no descriptor is left open.
 */
function atEach(backend: Backend, fault: Fault): Attempt[] {
  const came: Attempt[] = [];
  for (let at = 0; ; at += 1) {
    const ground = newGround();
    const before = readdirSync('/proc/self/fd').length;
    const ours = contender(backend);
    const { attempt: tried, reached } = withFault(
      ground,
      attempt(ours, null, new Set()),
      at,
      fault,
    );
    if (!reached) {
      assert.equal(tried.kind, 'acquired', 'without a fault');
      ground.run(giveBack(ours.claims, 0));
      assert.ok(at > 10, `only ${at} operations`);
      return came;
    }
    came.push(tried);
    if (tried.kind === 'acquired') ground.run(giveBack(ours.claims, 0));
    mkdirSync(ground.directory, { recursive: true });
    const next = contender(backend);
    assert.equal(ground.run(attempt(next, null, new Set())).kind, 'acquired', `after ${at}`);
    ground.run(giveBack(next.claims, 0));
    const litter = readdirSync(ground.directory).filter((name) => name.startsWith('private-'));
    assert.deepEqual(litter, [], `after ${at}`);
    assert.equal(readdirSync('/proc/self/fd').length, before, `descriptors after ${at}`);
  }
}

function newGround(): Ground {
  return new Ground(mkdtempSync(join(scratch, 'key-')), calls.via === null ? null : calls);
}

function contender(backend: Backend): Contender {
  const nonce = mintName();
  return { claims: claimsOf(backend, nonce), limit: 1, nonce, boot: 'boot', now: () => 0 };
}

function withFault(
  ground: Ground,
  steps: Steps<Attempt>,
  at: number,
  fault: Fault,
): { readonly attempt: Attempt; readonly reached: boolean } {
  let count = 0;
  let reached = false;
  let next = steps.next();
  while (next.done !== true) {
    const operation = next.value;
    let answer: Answer | null = null;
    if (canFail(operation)) {
      if (count === at) {
        reached = true;
        answer = fault(operation, ground);
      }
      count += 1;
    }
    next = steps.next(answer ?? ground.run(one(operation)));
  }
  return { attempt: next.value, reached };
}

/** What asks nothing of the file system has no faults; nor has what gives back. */
function canFail({ op }: Operation): boolean {
  return !['rest', 'judge', 'wall-clock', 'close', 'unlock', 'has-orphans'].includes(op);
}

function refused(operation: Operation, code: string): Answer {
  return { ok: false, code, because: `${code} (${operation.op})` };
}

function* one(operation: Operation): Steps<Answer> {
  return yield operation;
}
