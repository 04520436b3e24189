/** The version of the C library where that is glibc: 2.36 is [2, 36]. */
export function glibcVersion(): readonly [major: number, minor: number] | null {
  const { header } = process.report.getReport() as {
    header: { readonly glibcVersionRuntime?: string };
  };
  const [major, minor] = (header.glibcVersionRuntime ?? '').split('.').map(Number);
  return major === undefined || minor === undefined ? null : [major, minor];
}
