const pending = new Set<() => void>();

/**
 * Has something done when the process exits by itself, until it is taken back. What it leaves
 * undone after a crash is found by the next one who comes.
 *
 * @returns takes it back
 */
export function atExit(work: () => void): () => void {
  if (pending.size === 0) process.on('exit', doAll);
  pending.add(work);
  return () => {
    pending.delete(work);
    if (pending.size === 0) process.off('exit', doAll);
  };
}

function doAll(): void {
  for (const work of pending) work();
}
