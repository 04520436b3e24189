/**
 * A function of the C library, or null where it has none of that name: musl lacks some, and old
 * versions others (`posix_spawn_file_actions_addchdir_np` before musl 1.1.24). What `node:ffi` and
 * koffi throw then has no code of its own.
 */
export function orNull<T>(open: () => T): T | null {
  try {
    return open();
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}
