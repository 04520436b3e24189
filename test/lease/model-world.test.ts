import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { Ground } from '../../src/lease/ground.ts';
import type { Answer, Operation } from '../../src/lease/operation.ts';
import { loadSystemCalls } from '../../src/process/native/load-system-calls.ts';
import { ModelWorld } from './model/model-world.ts';

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'pindown-lease-model-')));
after(() => rmSync(scratch, { recursive: true }));

const calls = loadSystemCalls();
const locks = calls.via === null ? null : calls;

const path = fc.constantFrom('a', 'b', 'a/x', 'b/x');
/** None into itself: nobody tries that. */
const renames = fc.constantFrom<[string, string][]>(
  ['a', 'b'],
  ['b', 'a'],
  ['a/x', 'b'],
  ['a/x', 'b/x'],
  ['b/x', 'a'],
);
/** What is inscribed has names of its own: nobody opens it, or writes over it. */
const inscribed = fc.constantFrom('l', 'm', 'a/l');
const inscriptions = fc.constantFrom<[string, string][]>(['l', 'm'], ['a/l', 'l'], ['m', 'a/l']);
/** Which of the descriptors that were opened so far; there may be none. */
const which = fc.nat({ max: 2 });

/** Of those that take a descriptor, `fd` counts the ones that are open. */
const operations: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ op: fc.constant('names' as const), path: fc.constantFrom('', 'a', 'b') }),
  fc.record({ op: fc.constant('read' as const), path }),
  fc.record({ op: fc.constant('write' as const), path, text: fc.constantFrom('', 'text') }),
  fc.record({ op: fc.constant('read' as const), path: inscribed }),
  fc.record({
    op: fc.constant('inscribe' as const),
    path: inscribed,
    text: fc.string({ minLength: 1 }),
  }),
  fc.record({ op: fc.constant('unlink' as const), path: inscribed }),
  inscriptions.map(([from, to]) => ({ op: 'rename' as const, from, to })),
  renames.map(([from, to]) => ({ op: 'rename' as const, from, to })),
  fc.record({ op: fc.constant('unlink' as const), path }),
  fc.record({ op: fc.constant('make-directory' as const), path: fc.constantFrom('a', 'b') }),
  fc.record({ op: fc.constant('remove-directory' as const), path }),
  fc.record({ op: fc.constant('touch' as const), path }),
  ...(locks === null
    ? []
    : [
        fc.record({ op: fc.constant('open' as const), path, create: fc.boolean() }),
        fc.record({ op: fc.constant('close' as const), fd: which }),
        fc.record({ op: fc.constant('lock' as const), fd: which }),
        fc.record({ op: fc.constant('unlock' as const), fd: which }),
        fc.record({ op: fc.constant('is-locked' as const), fd: which }),
        fc.record({ op: fc.constant('stat' as const), fd: which, path }),
        fc.record({ op: fc.constant('mark' as const), fd: which }),
        fc.record({ op: fc.constant('has-orphans' as const), path }),
      ]),
);

describe('the world of the model', () => {
  test('answers as the real file system does', () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.array(operations, { minLength: 1, maxLength: 25 }), (todo) => {
        const ground = new Ground(mkdtempSync(join(scratch, 'ground-')), locks);
        const world = new ModelWorld(1);
        const open: { readonly real: number; readonly model: number }[] = [];
        try {
          for (const operation of todo) {
            const pair = withDescriptors(operation, open);
            if (pair === null) continue;
            const real = ground.run(one(pair.real));
            const model = world.perform(pair.model, 0);
            assert.deepEqual(plain(real, operation), plain(model, operation));
            compared += 1;
            if (operation.op === 'open' && real.ok && model.ok) {
              open.push({ real: real.value as number, model: model.value as number });
            }
            if (operation.op === 'close') open.splice(operation.fd, 1);
          }
        } finally {
          for (const { real } of open) ground.run(one({ op: 'close', fd: real }));
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(compared > 1000, `${compared} answers were compared`);
  });
});

function* one(operation: Operation): Generator<Operation, Answer, Answer> {
  return yield operation;
}

function withDescriptors(
  operation: Operation,
  open: readonly { readonly real: number; readonly model: number }[],
): { readonly real: Operation; readonly model: Operation } | null {
  if (!('fd' in operation)) return { real: operation, model: operation };
  const meant = open[operation.fd];
  if (meant === undefined) return null;
  return { real: { ...operation, fd: meant.real }, model: { ...operation, fd: meant.model } };
}

/** What the protocol can tell apart. */
function plain(answer: Answer, { op }: Operation): unknown {
  if (!answer.ok) return answer.code;
  switch (op) {
    case 'names':
      return (answer.value as string[]).toSorted();
    case 'open':
      return 'open';
    case 'stat':
      // Whether something is empty is of interest where it is the same.
      return (answer.value as { same: boolean }).same ? answer.value : 'another';
    default:
      return answer.value;
  }
}
