import { constants } from 'node:fs';
import type { SpawnFunctions } from './libc.ts';
import { SystemCallError } from './system-call-error.ts';

/** From `spawn.h`; the same in glibc and musl. */
const POSIX_SPAWN_SETSIGDEF = 0x04;
const POSIX_SPAWN_SETSIGMASK = 0x08;
const POSIX_SPAWN_SETSID = 0x80;

/** More than either library needs for its attributes (336 bytes) or its file actions (80). */
const OPAQUE = 1024;
/** `sigset_t`, of which the kernel reads the first eight bytes. */
const SIGNAL_SET = 128;
const POINTER = 8;

export interface SpawnRequest {
  /** The file to execute; relative to `cwd`. */
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Of ours, to be its descriptors 1, 2, 3 and so on; 0 is `/dev/null`. */
  readonly descriptors: readonly number[];
}

/**
 * Starts processes by posix_spawn(3), which lends the child our memory until its exec
 * (`CLONE_VM | CLONE_VFORK`) where fork(2), which libuv uses, copies the page tables of a whole
 * Node first. The child leads a session of its own, with every signal as it is by default and none
 * blocked, as libuv's children have them.
 */
export class PosixSpawn {
  readonly #functions: SpawnFunctions;
  readonly #attributes: Buffer;
  readonly #pid = memory(Int32Array.BYTES_PER_ELEMENT);

  constructor(functions: SpawnFunctions) {
    this.#functions = functions;
    this.#attributes = memory(OPAQUE);
    const flags = POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
    check('posix_spawnattr_init', functions.attributesInit(this.#attributes));
    check('posix_spawnattr_setflags', functions.attributesSetFlags(this.#attributes, flags));
    check(
      'posix_spawnattr_setsigdefault',
      functions.attributesSetSignalDefault(this.#attributes, memory(SIGNAL_SET).fill(0xff)),
    );
    check(
      'posix_spawnattr_setsigmask',
      functions.attributesSetSignalMask(this.#attributes, memory(SIGNAL_SET)),
    );
  }

  /**
   * @returns the pid; whoever calls has to reap it
   * @throws SystemCallError whatever refused it: a descriptor, the directory, or execve(2) itself
   */
  start({ file, argv, env, cwd, descriptors }: SpawnRequest): number {
    const actions = memory(OPAQUE);
    const functions = this.#functions;
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    check('posix_spawn_file_actions_init', functions.actionsInit(actions));
    try {
      const devNull = cString('/dev/null');
      check('addopen', functions.actionsAddOpen(actions, 0, devNull, constants.O_RDONLY, 0));
      for (const [index, descriptor] of descriptors.entries()) {
        check('adddup2', functions.actionsAddDuplicate(actions, descriptor, index + 1));
      }
      check('addchdir_np', functions.actionsAddChangeDirectory(actions, cString(cwd)));
      const errno = functions.spawn(
        this.#pid,
        cString(file),
        actions,
        this.#attributes,
        this.#strings(argv),
        this.#strings(variables),
      );
      if (errno !== 0) throw new SystemCallError('spawn', errno, file);
      return this.#pid.readInt32LE(0);
    } finally {
      check('posix_spawn_file_actions_destroy', functions.actionsDestroy(actions));
    }
  }

  /** A `char *[]` that ends with null, and behind it the strings that it leads to. */
  #strings(texts: readonly string[]): Buffer {
    const table = (texts.length + 1) * POINTER;
    const bytes = texts.map((text) => Buffer.byteLength(text) + 1);
    const all = memory(bytes.reduce((sum, length) => sum + length, table));
    const base = this.#functions.addressOf(all);
    let offset = table;
    for (const [index, text] of texts.entries()) {
      all.writeBigUInt64LE(base + BigInt(offset), index * POINTER);
      all.write(text, offset);
      offset += bytes[index] ?? 0;
    }
    return all;
  }
}

/** Zeroed, and in an ArrayBuffer of its own, which V8 does not move. */
function memory(bytes: number): Buffer {
  return Buffer.from(new ArrayBuffer(bytes));
}

function cString(text: string): Buffer {
  const bytes = memory(Buffer.byteLength(text) + 1);
  bytes.write(text);
  return bytes;
}

function check(call: string, errno: number): void {
  if (errno !== 0) throw new SystemCallError(call, errno, 'a process that is to be started');
}
