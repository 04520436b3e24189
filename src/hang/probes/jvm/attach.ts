import { once } from 'node:events';
import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { readProcFile, signalProcess } from '../../../process/proc-stat.ts';

/** The JVM's listener looks for the file when SIGQUIT comes, and then opens its socket. */
const STEP_MS = 5;

/**
 * Asks a HotSpot JVM as `jcmd` and `jstack` do, without starting a JVM for it
 * (src/hotspot/os/posix/attachListener_posix.cpp): a file announces us, SIGQUIT makes the JVM look
 * for it, and it listens at a socket from then on.
 *
 * @param command with its arguments, at most three
 * @returns what it answers; null where it does not listen in time
 * @throws what the file system or the socket refuses
 */
export async function askJvm(
  pid: number,
  command: readonly [string, ...string[]],
  signal: AbortSignal,
): Promise<string | null> {
  const own = pidWithin(pid);
  // As the JVM sees them, which may have a root of its own.
  const dir = `/proc/${pid}/root/tmp`;
  const socket = `${dir}/.java_pid${own}`;
  const isOurs = !existsSync(socket);
  if (isOurs && !(await announce(pid, `${dir}/.attach_pid${own}`, socket, signal))) return null;
  const connection = connect(socket);
  const abort = (): void => void connection.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    const [name, ...args] = command;
    const words = ['1', name, ...Array.from({ length: 3 }, (_, index) => args[index] ?? '')];
    connection.write(words.map((word) => `${word}\0`).join(''));
    let answer = '';
    connection.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    await once(connection, 'close');
    const [status = '', ...lines] = answer.split('\n');
    return status.trim() === '0' ? lines.join('\n') : null;
  } finally {
    signal.removeEventListener('abort', abort);
    connection.destroy();
    // A JVM that is killed would leave it behind; one that is asked again makes it anew.
    if (isOurs) rmSync(socket, { force: true });
  }
}

async function announce(
  pid: number,
  file: string,
  socket: string,
  signal: AbortSignal,
): Promise<boolean> {
  closeSync(openSync(file, 'wx', 0o600));
  try {
    signalProcess(pid, 'SIGQUIT');
    // Nobody says when it listens; inotify does not reach into the mounts of another.
    while (!signal.aborted && !existsSync(socket)) await wait(STEP_MS);
    return existsSync(socket);
  } finally {
    rmSync(file, { force: true });
  }
}

/** Its pid as it knows itself, by the innermost of its pid namespaces. */
function pidWithin(pid: number): number {
  const line = /^NSpid:\s+(.*)$/m.exec(readProcFile(`/proc/${pid}/status`) ?? '')?.[1];
  return Number(line?.trim().split(/\s+/).at(-1) ?? pid);
}
