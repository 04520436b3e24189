/** How a process ended, by the kernel's word. Exactly one of the two is set. */
export type Ending =
  | { readonly exitCode: number; readonly signal: null }
  | { readonly exitCode: null; readonly signal: string };

/** `exit status 3`, `signal SIGKILL`. */
export function describeEnding(ending: Ending): string {
  return ending.signal === null ? `exit status ${ending.exitCode}` : `signal ${ending.signal}`;
}
