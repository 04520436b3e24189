/** A call to the operating system that was refused: what failed, on what, with which errno. */
export interface Fault {
  /** The errno's name, such as `ETXTBSY`. */
  readonly code: string;
  /** The call, as its manual page is named; null where the runtime does not say. */
  readonly call: string | null;
  /** What it failed on; null where it has no path. */
  readonly path: string | null;
}
