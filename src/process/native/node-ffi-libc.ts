import { withoutWarning } from '../../core/without-warning.ts';
import type { Libc, SpawnFunctions } from './libc.ts';
import { orNull } from './or-null.ts';

const FUNCTIONS = {
  getpid: { return: 'i32', arguments: [] },
  prctl: { return: 'i32', arguments: ['i32', 'pointer', 'u64', 'u64', 'u64'] },
  waitpid: { return: 'i32', arguments: ['i32', 'pointer', 'i32'] },
  waitid: { return: 'i32', arguments: ['i32', 'u32', 'pointer', 'i32'] },
  fcntl: { return: 'i32', arguments: ['i32', 'i32', 'pointer'] },
  getrlimit: { return: 'i32', arguments: ['i32', 'pointer'] },
  setrlimit: { return: 'i32', arguments: ['i32', 'pointer'] },
  syscall: { return: 'i64', arguments: ['i64', 'i64', 'i64', 'i64', 'i64'] },
} as const;

type Ffi = ReturnType<typeof process.getBuiltinModule<'node:ffi'>>;

const TRIMMING = { malloc_trim: { return: 'i32', arguments: ['u64'] } } as const;

const CLOSING = {
  posix_spawn_file_actions_addclosefrom_np: { return: 'i32', arguments: ['pointer', 'i32'] },
} as const;

const POINTERS_2 = { return: 'i32', arguments: ['pointer', 'pointer'] } as const;
const SPAWNING = {
  memmove: { return: 'u64', arguments: ['pointer', 'pointer', 'u64'] },
  posix_spawn: {
    return: 'i32',
    arguments: ['pointer', 'pointer', 'pointer', 'pointer', 'pointer', 'pointer'],
  },
  posix_spawnattr_init: { return: 'i32', arguments: ['pointer'] },
  posix_spawnattr_setflags: { return: 'i32', arguments: ['pointer', 'i16'] },
  posix_spawnattr_setsigdefault: POINTERS_2,
  posix_spawnattr_setsigmask: POINTERS_2,
  posix_spawn_file_actions_init: { return: 'i32', arguments: ['pointer'] },
  posix_spawn_file_actions_destroy: { return: 'i32', arguments: ['pointer'] },
  posix_spawn_file_actions_addopen: {
    return: 'i32',
    arguments: ['pointer', 'i32', 'pointer', 'i32', 'u32'],
  },
  posix_spawn_file_actions_adddup2: { return: 'i32', arguments: ['pointer', 'i32', 'i32'] },
  posix_spawn_file_actions_addchdir_np: POINTERS_2,
} as const;

/**
 * The C library by Node's own `node:ffi`: without a flag from some version 26 on, experimental,
 * and described differently in the first of them (what does not work is found out by the caller).
 *
 * @returns why it is not to be had: words that follow a name
 */
export function openNodeFfi(): Libc | string {
  const ffi = withoutWarning('FFI is an experimental feature', () =>
    process.getBuiltinModule('node:ffi'),
  );
  if (ffi === undefined) return `not in Node ${process.versions.node}`;
  const { lib, functions } = ffi.dlopen(null, FUNCTIONS);
  // Where errno lies is settled for a thread's life (errno(3)), and reading it calls nothing that
  // could change it.
  const errno = lib.getFunction('__errno_location', { return: 'pointer', arguments: [] })();
  return {
    via: 'node:ffi',
    getpid: () => functions.getpid(),
    prctl: (option, argument) => functions.prctl(option, argument, 0n, 0n, 0n),
    waitpid: (pid, status, options) => functions.waitpid(pid, status, options),
    waitid: (idType, id, info, options) => functions.waitid(idType, id, info, options),
    fcntl: (fd, command, argument) => functions.fcntl(fd, command, argument),
    getrlimit: (resource, limits) => functions.getrlimit(resource, limits),
    setrlimit: (resource, limits) => functions.setrlimit(resource, limits),
    syscall: (number, ...values) => {
      const [first, second, third, fourth] = values.map(BigInt) as [bigint, bigint, bigint, bigint];
      return Number(functions.syscall(BigInt(number), first, second, third, fourth));
    },
    errno: () => ffi.getInt32(errno),
    trimming: () => orNull(() => ffi.dlopen(null, TRIMMING).functions.malloc_trim),
    spawning: () => orNull(() => openSpawning(ffi)),
  };
}

function openSpawning(ffi: NonNullable<Ffi>): SpawnFunctions {
  const { functions } = ffi.dlopen(null, SPAWNING);
  return {
    spawn: functions.posix_spawn,
    attributesInit: functions.posix_spawnattr_init,
    attributesSetFlags: functions.posix_spawnattr_setflags,
    attributesSetSignalDefault: functions.posix_spawnattr_setsigdefault,
    attributesSetSignalMask: functions.posix_spawnattr_setsigmask,
    actionsInit: functions.posix_spawn_file_actions_init,
    actionsDestroy: functions.posix_spawn_file_actions_destroy,
    actionsAddOpen: functions.posix_spawn_file_actions_addopen,
    actionsAddDuplicate: functions.posix_spawn_file_actions_adddup2,
    actionsAddCloseFrom: orNull(
      () => ffi.dlopen(null, CLOSING).functions.posix_spawn_file_actions_addclosefrom_np,
    ),
    actionsAddChangeDirectory: functions.posix_spawn_file_actions_addchdir_np,
    addressOf: (memory) => functions.memmove(memory, memory, 0n),
  };
}
