import type { HangClass, Scene } from './hang-class.ts';
import {
  nameStack,
  ownFrame,
  placeOfStack,
  rootOfStack,
  type StackOf,
  stacksByProcess,
} from './stacks.ts';

/** What no other goroutine, no timer and no kernel can end. */
const NEVER: ReadonlySet<string> = new Set([
  'select (no cases)',
  'chan receive (nil chan)',
  'chan send (nil chan)',
]);

/** What only another goroutine can end; a channel or a select may also be a timer's. */
const BY_ANOTHER: ReadonlySet<string> = new Set([
  ...NEVER,
  'chan receive',
  'chan send',
  'select',
  'semacquire',
  'sync.Cond.Wait',
  'sync.Mutex.Lock',
  'sync.RWMutex.Lock',
  'sync.RWMutex.RLock',
  'sync.WaitGroup.Wait',
]);

/** Of these a timer may be at the other end. */
const MAYBE_TIMER: ReadonlySet<string> = new Set(['chan receive', 'select']);

/** Goroutines that wait for each other, while Go's own detector is kept from seeing it. */
export const goBlockedForEver: HangClass = {
  name: 'go-blocked-for-ever',
  title: 'every goroutine waits for another one: on channels, selects or locks',
  causes: [
    'A channel that nobody sends to or closes; a WaitGroup that is not brought to zero.',
    'Two goroutines take two locks in opposite order, or one takes its lock twice.',
    'Go reports this itself, unless a signal handler, a timer (that of `go test`, too) or cgo keeps it from seeing it.',
  ],
  fixes: [
    'Close the channel where its last sender ends (defer close); call Done in a defer.',
    'Give what waits a context with a deadline, and select on its Done.',
  ],
  decidedBy:
    'By its own stack every goroutine, that of os/signal left out, waits at a channel, a select or a lock for another one, and no thread runs or waits for a timer within a minute: that rules out a peer, a file or a child, work that is slow, and a pause.',
  confusedWith: [
    {
      name: 'lost-wake-up',
      toldApartBy:
        'from the kernel both are threads that wait to be woken; only the stacks of the goroutines tell what they wait for.',
    },
    {
      name: 'silent-peer',
      toldApartBy: 'there a goroutine waits for I/O.',
    },
    {
      name: 'timers-only',
      toldApartBy:
        'there a timer will go off; whether a channel is that of one more than a minute away, nothing tells.',
    },
  ],
  claim: (scene) =>
    [...stacksByProcess(scene, 'go')].flatMap(([pid, all]) => {
      const stacks = all.filter((stack) => !isSignalLoop(stack));
      if (stacks.length === 0 || !stacks.every(waitsForAnother) || mayMove(scene, pid)) return [];
      const first = stacks.find(isOwn) ?? stacks[0];
      if (first === undefined) return [];
      const maybe = stacks.filter(({ state = '' }) => MAYBE_TIMER.has(state));
      const timer = maybe.some(isOwn) ? farTimer(scene, pid) : null;
      const lines = stacks.map(
        (stack) => `${nameGoroutine(stack)} is in ${stack.state ?? ''} at ${placeOfStack(stack)}`,
      );
      return [
        {
          root: rootOfStack(scene, first),
          confidence: maybe.length === 0 ? 0.93 : 0.85,
          summary: `all ${stacks.length} goroutines of pid ${pid} wait for another one: ${lines.slice(0, 3).join('; ')}`,
          decidedBy: lines.slice(0, 8),
          ruledOut: [
            'a peer, a file or a child: no goroutine is in a system call or waits for I/O',
            'work that is slow: no goroutine is running or could run',
            'a pause: no timer goes off within a minute',
          ],
          couldBe:
            maybe.length === 0
              ? []
              : [
                  'a timer that is more than a minute away: a channel does not tell whether it is one’s',
                ],
          ...(timer === null ? {} : { undecided: timer }),
        },
      ];
    }),
};

function waitsForAnother({ state = '' }: StackOf): boolean {
  return BY_ANOTHER.has(state);
}

/** `os/signal.loop` waits for signals as long as the program lives. */
function isSignalLoop({ frames }: StackOf): boolean {
  return frames.at(-1)?.function === 'os/signal.loop';
}

/** Not one whose own code is only the start that `go test` writes. */
function isOwn(stack: StackOf): boolean {
  const frame = ownFrame(stack);
  return (
    frame !== null && frame.file !== '_testmain.go' && !/\/src\/testing\//.test(frame.file ?? '')
  );
}

/** The runtime looks after its collector every minute, whether there is a timer or not. */
const HOUSEKEEPING_MS = 60_000;

/** One of its threads ran between the looks, or polls until a timer of Go's that is near. */
function mayMove({ waits }: Scene, pid: number): boolean {
  return waits.some(
    ({ thread, kind, limitMs = HOUSEKEEPING_MS }) =>
      thread.pid === pid && (kind === 'running' || (kind === 'time' && limitMs < HOUSEKEEPING_MS)),
  );
}

/** `go test` sets a timer that ends it, which nobody waits for. */
const TEST_LIMIT = /\s-test\.timeout=(?!0(?:s|\s|$))/;

/**
 * A timer of the program that is more than a minute away: a channel may be its, or that of a context
 * with a deadline. Null where there is none, or it is that of `go test`.
 */
function farTimer({ seen, waits }: Scene, pid: number): string | null {
  if (TEST_LIMIT.test(seen.processes.get(pid)?.now.commandLine ?? '')) return null;
  const limitsMs = waits.flatMap(({ thread, kind, limitMs }) =>
    thread.pid === pid && kind === 'time' && limitMs !== undefined ? [limitMs] : [],
  );
  if (limitsMs.length === 0) return null;
  const seconds = Math.round(Math.min(...limitsMs) / 1000);
  return `whether a channel is that of the timer that goes off within ${seconds} s: a look after it`;
}

function nameGoroutine(stack: StackOf): string {
  return stack.name ?? nameStack(stack);
}
