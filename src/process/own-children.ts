/**
 * The pids of the children that Node itself started and has not yet reaped. libuv waits for each
 * of them; nobody else may. Whatever of ours starts a process without waiting for it on the spot
 * enters it here.
 */
export const ownChildren: Set<number> = new Set();
