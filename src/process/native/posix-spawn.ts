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
const DEV_NULL = '/dev/null';
/** Bytes; an environment is seldom larger. */
const SOME_TEXT = 64 * 1024;

export interface SpawnRequest {
  /** The file to execute; relative to `cwd`. */
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Of ours, to be its descriptors 1, 2, 3 and so on; 0 is `/dev/null`, and there are no others. */
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
  readonly #attributes = memory(OPAQUE);
  readonly #actions = memory(OPAQUE);
  readonly #pid = memory(Int32Array.BYTES_PER_ELEMENT);
  readonly #devNull = memory(DEV_NULL.length + 1);
  /** Where all texts of a start lie; used again, since garbage outside of V8's heap is freed late. */
  #texts: { readonly memory: Buffer; readonly base: bigint };

  constructor(functions: SpawnFunctions) {
    this.#functions = functions;
    this.#devNull.write(DEV_NULL);
    this.#texts = this.#room(SOME_TEXT);
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
    const functions = this.#functions;
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const [path, directory, args, environment] = this.#layOut(file, cwd, argv, variables);
    check('posix_spawn_file_actions_init', functions.actionsInit(this.#actions));
    try {
      check(
        'addopen',
        functions.actionsAddOpen(this.#actions, 0, this.#devNull, constants.O_RDONLY, 0),
      );
      for (const [index, descriptor] of descriptors.entries()) {
        check('adddup2', functions.actionsAddDuplicate(this.#actions, descriptor, index + 1));
      }
      // Node marks what it was started with itself as not to be inherited, but only the first few.
      const closed = functions.actionsAddCloseFrom?.(this.#actions, descriptors.length + 1) ?? 0;
      check('addclosefrom_np', closed);
      check('addchdir_np', functions.actionsAddChangeDirectory(this.#actions, directory));
      const errno = functions.spawn(
        this.#pid,
        path,
        this.#actions,
        this.#attributes,
        args,
        environment,
      );
      if (errno !== 0) throw new SystemCallError('spawn', errno, file);
      return this.#pid.readInt32LE(0);
    } finally {
      check('posix_spawn_file_actions_destroy', functions.actionsDestroy(this.#actions));
    }
  }

  /** Two texts and two `char *[]` that end with null, with what these lead to. */
  #layOut(
    file: string,
    cwd: string,
    argv: readonly string[],
    variables: readonly string[],
  ): readonly [Buffer, Buffer, Buffer, Buffer] {
    const tables = [argv, variables];
    const pointers = tables.map((texts) => (texts.length + 1) * POINTER);
    const sizes = [file, cwd, ...argv, ...variables].map((text) => Buffer.byteLength(text) + 1);
    const needed = [...pointers, ...sizes].reduce((sum, bytes) => sum + bytes, 0);
    if (needed > this.#texts.memory.length) this.#texts = this.#room(needed);
    const { memory: all, base } = this.#texts;
    let free = 0;
    const take = (bytes: number): Buffer => {
      free += bytes;
      return all.subarray(free - bytes, free);
    };
    // The tables first, so that they are aligned.
    const [args, environment] = pointers.map(take) as [Buffer, Buffer];
    const write = (text: string): number => {
      const at = free;
      free += all.write(text, free) + 1;
      all.writeUInt8(0, free - 1);
      return at;
    };
    const table = (into: Buffer, texts: readonly string[]): void => {
      for (const [index, text] of texts.entries()) {
        into.writeBigUInt64LE(base + BigInt(write(text)), index * POINTER);
      }
      into.writeBigUInt64LE(0n, texts.length * POINTER);
    };
    table(args, argv);
    table(environment, variables);
    const [path, directory] = [file, cwd].map((text) => all.subarray(write(text), free));
    return [path as Buffer, directory as Buffer, args, environment];
  }

  #room(bytes: number): { readonly memory: Buffer; readonly base: bigint } {
    const room = memory(bytes);
    return { memory: room, base: this.#functions.addressOf(room) };
  }
}

/** Zeroed, and in an ArrayBuffer of its own, which V8 does not move. */
function memory(bytes: number): Buffer {
  return Buffer.from(new ArrayBuffer(bytes));
}

function check(call: string, errno: number): void {
  if (errno !== 0) throw new SystemCallError(call, errno, 'a process that is to be started');
}
