import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';

/**
 * The standard streams that are terminals now. Node sets each back at its exit, and aborts where
 * that fails because the terminal is gone (`ResetStdio` in src/node.cc): the exit status would be
 * lost. It leaves alone a descriptor that is closed.
 *
 * @returns closes those that are gone; for the very end
 */
export function watchTerminals(): () => void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  return () => {
    for (const fd of terminals) if (!isatty(fd)) closeSync(fd);
  };
}
