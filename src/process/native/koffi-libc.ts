import { createRequire } from 'node:module';
import { isSystemError } from '../../core/errors.ts';
import type { Libc, SpawnFunctions } from './libc.ts';
import { orNull } from './or-null.ts';

/** What we use of koffi, version 3 (https://koffi.dev/functions). */
interface Koffi {
  load(library: null): {
    func(name: string, result: string, parameters: readonly string[]): Native;
  };
  errno(): number;
}
type Describe = (
  name: string,
  result: string,
  ...parameters: readonly string[]
) => (...values: readonly (number | bigint | Buffer)[]) => number;
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
  const native: Describe = (name, result, ...parameters) => {
    const call = library.func(name, result, parameters);
    return (...values) => Number(call(...values));
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
    trimming: () => orNull(() => native('malloc_trim', 'int', 'uint64')),
    spawning: () => orNull(() => openSpawning(native)),
  };
}

const pointers = (count: number): string[] => Array.from({ length: count }, () => 'void *');

function openSpawning(native: Describe): SpawnFunctions {
  const memmove = native('memmove', 'int64', 'void *', 'void *', 'uint64');
  const actions = 'posix_spawn_file_actions';
  return {
    spawn: native('posix_spawn', 'int', ...pointers(6)),
    attributesInit: native('posix_spawnattr_init', 'int', 'void *'),
    attributesSetFlags: native('posix_spawnattr_setflags', 'int', 'void *', 'int16'),
    attributesSetSignalDefault: native('posix_spawnattr_setsigdefault', 'int', ...pointers(2)),
    attributesSetSignalMask: native('posix_spawnattr_setsigmask', 'int', ...pointers(2)),
    actionsInit: native(`${actions}_init`, 'int', 'void *'),
    actionsDestroy: native(`${actions}_destroy`, 'int', 'void *'),
    actionsAddOpen: native(`${actions}_addopen`, 'int', 'void *', 'int', 'void *', 'int', 'uint32'),
    actionsAddDuplicate: native(`${actions}_adddup2`, 'int', 'void *', 'int', 'int'),
    actionsAddCloseFrom: orNull(() => native(`${actions}_addclosefrom_np`, 'int', 'void *', 'int')),
    actionsAddChangeDirectory: native(`${actions}_addchdir_np`, 'int', ...pointers(2)),
    addressOf: (memory) => BigInt(memmove(memory, memory, 0)),
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
