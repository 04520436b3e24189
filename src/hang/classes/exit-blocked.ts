import type { Wait } from '../graph/wait.ts';
import type { ObservedProcess } from '../observe/observation.ts';
import { channelWaits, isOwnWakeup, socketOf } from './channel.ts';
import type { HangClass, Root, Scene } from './hang-class.ts';
import { mainWait } from './idle.ts';
import { keptByHandles } from './kept-by-handles.ts';
import { rootOfWait, waitsOfProcess } from './scene.ts';

/** Above this share of the time on a processor it does something, and is not kept by waiting. */
const BUSY_SHARE = 0.5;

/** Something that a process would have to give up before it could exit. */
interface Keeper {
  readonly what: string;
  readonly fd: number | null;
  readonly place: string | null;
  readonly thread: Wait['thread'] | null;
}

/** All tests are over, and something that they left open keeps their process. */
export const exitBlocked: HangClass = {
  name: 'exit-blocked',
  title: 'all tests are over, and something that was left open keeps the process',
  causes: [
    'A server, a client, a watcher or a timer that a test opened was not closed in its teardown.',
    'A thread that is no daemon, or a pool of them, was never told to end.',
    'A child process was started and neither ended nor waited for.',
  ],
  fixes: [
    'Close what keeps it in the teardown of the test that opened it.',
    'Let what may outlive the tests not keep the process: unref(), daemon=True.',
  ],
  decidedBy:
    "The framework has reported the end of every test that it had begun, and the process stays and runs for no more than half of the time, which rules out a test that hangs and work at the end; where no framework reports, Node's inspector says that the process rests, suspended in no await, and is kept by handles alone that wait to be spoken to.",
  confusedWith: [
    {
      name: 'thread-join-at-exit',
      toldApartBy:
        "there Python's stacks show the main thread in threading._shutdown, whether a framework reports or not.",
    },
    {
      name: 'promise-never-settles',
      toldApartBy: 'there an async function is still suspended in an await.',
    },
    {
      name: 'accept-without-client',
      toldApartBy:
        'a server at rest looks the same from outside; there nobody says that the tests are over.',
    },
    {
      name: 'timers-only',
      toldApartBy:
        'a timer that was left open looks the same from outside; there nobody says that the tests are over.',
    },
  ],
  claim: (scene) => {
    const process = scene.seen.processes.get(scene.seen.root);
    const testsOver = scene.seen.told?.testsOver ?? null;
    if (testsOver === null) return keptByHandles(scene);
    if (!testsOver || process === undefined) return [];
    const main = mainWait(scene, process.pid);
    if (main === undefined || isBusy(process, scene.seen.windowMs)) return [];
    const keepers = keepersOf(scene, process, main);
    const [first] = keepers;
    const by = keepers.map(({ what }) => what).join(', ');
    return [
      {
        root: rootOf(scene, main, first),
        confidence: first === undefined ? 0.85 : 0.92,
        summary: `all tests are over, and pid ${process.pid} stays: ${by === '' ? main.what : `it is kept by ${by}`}`,
        decidedBy: [
          'its framework has reported the end of every test that it had begun',
          `pid ${process.pid} ${main.what}`,
        ],
        ruledOut: ['a test that hangs: none is open', 'work at the end: it hardly ran'],
        couldBe: ['a teardown that waits for somebody else: its stack would tell'],
      },
    ];
  },
};

function isBusy({ threads }: ObservedProcess, windowMs: number): boolean {
  const ranNs = threads.reduce(
    (sum, { before, now }) => sum + ((now.cpuNs ?? 0) - (before.cpuNs ?? 0)),
    0,
  );
  return ranNs / 1e6 > windowMs * BUSY_SHARE;
}

function rootOf(scene: Scene, main: Wait, first: Keeper | undefined): Root {
  const root = rootOfWait(scene, main, first?.place ?? null);
  return first === undefined
    ? root
    : { ...root, fd: first.fd, thread: first.thread ?? root.thread };
}

function keepersOf(scene: Scene, process: ObservedProcess, main: Wait): readonly Keeper[] {
  // A loop is kept by what it polls; its runtime's own threads are none of its keepers.
  const isLoop = main.fds.length > 0;
  const timers =
    isLoop && main.limitMs !== undefined
      ? [keeper(`a timer that goes off within ${main.limitMs} ms`)]
      : [];
  return [
    ...(isLoop ? [...handlesOf(scene, process), ...timers] : threadsOf(scene, process, main)),
    ...childrenOf(scene, process),
  ];
}

/** What its loop polls, less its own wake-ups and its standard streams. */
function handlesOf(scene: Scene, { pid, descriptors }: ObservedProcess): Keeper[] {
  const channels = channelWaits(scene).filter(
    (channel) => channel.process.pid === pid && channel.fd > 2 && !isOwnWakeup(channel),
  );
  const polled = new Set(waitsOfProcess(scene, pid).flatMap(({ fds }) => fds));
  const others = descriptors.list.filter(
    ({ fd, kind }) => polled.has(fd) && (kind === 'terminal' || kind === 'inotify'),
  );
  return [
    ...channels.map(({ fd, descriptor, name }): Keeper => {
      const listens = socketOf(scene, descriptor)?.state === 'listening';
      return { ...keeper(`${listens ? 'the server at ' : ''}${name} (fd ${fd})`, fd), place: name };
    }),
    ...others.map(({ fd, kind, target }) => keeper(`the ${kind} ${target} (fd ${fd})`, fd)),
  ];
}

function threadsOf(scene: Scene, { pid, threads }: ObservedProcess, main: Wait): Keeper[] {
  return waitsOfProcess(scene, pid)
    .filter(({ thread }) => thread.tid !== main.thread.tid)
    .map(({ thread, what, place = null }) => {
      const name = threads.find(({ now }) => now.tid === thread.tid)?.now.name ?? '';
      return { ...keeper(`its thread ${thread.tid} (${name}), which ${what}`), place, thread };
    });
}

function childrenOf({ seen }: Scene, { pid }: ObservedProcess): Keeper[] {
  return [...seen.processes.values()]
    .filter(({ now }) => now.parent === pid && now.state !== 'Z')
    .map(({ pid: child, now }) => keeper(`its child pid ${child} (${now.commandLine})`));
}

function keeper(what: string, fd: number | null = null): Keeper {
  return { what, fd, place: null, thread: null };
}
