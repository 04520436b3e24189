import { createRequire } from 'node:module';
import { isSystemError } from '../../core/errors.ts';
import type { Libc } from './libc.ts';

/** What we use of koffi, version 3 (https://koffi.dev/functions). */
interface Koffi {
  load(library: null): {
    func(name: string, result: string, parameters: readonly string[]): Native;
  };
  errno(): number;
}
type Native = (...values: readonly (number | bigint | Buffer)[]) => number | bigint;

/**
 * The C library by koffi, of which we take the packages with its binaries and not the one around
 * them: that has an install script, which npm 12 blocks with a warning and for which pnpm ends an
 * installation with an error (`ERR_PNPM_IGNORED_BUILDS`). Each holds a binary for glibc and one for
 * musl.
 *
 * @returns why it is not to be had: words that follow a name
 */
export function openKoffi(): Libc | string {
  const koffi = requireBinary();
  if (typeof koffi === 'string') return koffi;
  const library = koffi.load(null);
  const native = (name: string, result: string, ...parameters: readonly string[]) => {
    const call = library.func(name, result, parameters);
    return (...values: readonly (number | bigint | Buffer)[]): number => Number(call(...values));
  };
  const prctl = native('prctl', 'int', 'int', 'void *', 'uint64', 'uint64', 'uint64');
  return {
    via: 'koffi',
    getpid: native('getpid', 'int'),
    prctl: (option, argument) => prctl(option, argument, 0, 0, 0),
    waitpid: native('waitpid', 'int', 'int', 'void *', 'int'),
    waitid: native('waitid', 'int', 'int', 'uint32', 'void *', 'int'),
    fcntl: native('fcntl', 'int', 'int', 'int', 'void *'),
    getrlimit: native('getrlimit', 'int', 'int', 'void *'),
    setrlimit: native('setrlimit', 'int', 'int', 'void *'),
    syscall: native('syscall', 'int64', 'int64', 'int64', 'int64', 'int64', 'int64'),
    errno: () => koffi.errno(),
  };
}

function requireBinary(): Koffi | string {
  const require = createRequire(import.meta.url);
  try {
    switch (process.arch) {
      case 'x64':
        return require('@koromix/koffi-linux-x64') as Koffi;
      case 'arm64':
        return require('@koromix/koffi-linux-arm64') as Koffi;
      default:
        return `not for ${process.arch}`;
    }
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'MODULE_NOT_FOUND') throw error;
    return `not installed (optional dependency @koromix/koffi-linux-${process.arch})`;
  }
}
