/*
 * When a worker process dies, Vitest (4 or newer) goes on and tells of it when all other files have
 * ended: by then the file's time limit may be over. Node tells of every child process at once
 * (https://nodejs.org/api/diagnostics_channel.html#child-process), and what it is sent says which
 * files it runs.
 */
import { subscribe } from 'node:diagnostics_channel';

/**
 * Calls back with the files that a worker was given last when it ends without being told to.
 *
 * @param onGiven called with files as a worker is given them, and with its pid
 */
export function onWorkerDeath(callback, onGiven) {
  subscribe('child_process', ({ process: child }) => {
    // Where there is a channel, it is there by now.
    child.once('spawn', () => {
      if (child.connected) watch(child, callback, onGiven);
    });
  });
}

function watch(child, callback, onGiven) {
  let files = [];
  const { send } = child;
  child.send = (message, ...rest) => {
    if (message?.type === 'run') {
      files = message.context?.files ?? [];
      onGiven(
        files.map(({ filepath }) => filepath),
        child.pid,
      );
    }
    return send.call(child, message, ...rest);
  };
  const exited = new Promise((resolve) => {
    child.once('exit', (status, signal) => resolve({ status, signal }));
  });
  // What it had sent may still be on its way when it has exited.
  child.once('disconnect', async () => {
    const { status, signal } = await exited;
    if (child.killed || files.length === 0) return;
    const paths = files.map(({ filepath }) => filepath);
    // Vitest reports what it has received a few turns later.
    setImmediate(() =>
      callback(paths, signal === null ? `exit code ${status}` : `signal ${signal}`),
    );
  });
}
