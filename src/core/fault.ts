/** A call to the operating system that was refused: what failed, on what, with which errno. */
export interface Fault {
  /** The errno's name, such as `ETXTBSY`. */
  readonly code: string;
  /** The call, as its manual page is named; null where the runtime does not say. */
  readonly call: string | null;
  /** What it failed on; null where it has no path. */
  readonly path: string | null;
}

/** What has become of something that was noted before. */
export type Since =
  | { readonly kind: 'same' }
  /** What is another one now, for people. */
  | { readonly kind: 'changed'; readonly what: string }
  /** It was not noted. */
  | { readonly kind: 'unknown' };

/** A part of the suite's own infrastructure that says of itself that it failed. */
export interface Declared {
  readonly component: string;
  readonly text: string;
}
