/**
 * The pids of the children that we started ourselves and whose end somebody waits for: libuv for
 * those of Node's, {@link EndsOfChildren} for the others. Nobody else may reap them. Whatever of
 * ours starts a process without waiting for it on the spot enters it here.
 */
export const ownChildren: Set<number> = new Set();
