/** The directories of a set of files, by their paths; the top is the empty one. */
export class Directories {
  readonly #entries = new Map<string, { readonly files: string[]; readonly below: string[] }>();

  constructor(files: Iterable<string>) {
    this.#entryOf('');
    for (const file of files) this.#entryOf(parentOf(file)).files.push(file);
  }

  has(directory: string): boolean {
    return this.#entries.has(directory);
  }

  get all(): IterableIterator<string> {
    return this.#entries.keys();
  }

  /** Calls for a directory and for all below it, with the files that each itself holds. */
  walk(directory: string, meet: (directory: string, files: readonly string[]) => void): void {
    const entry = this.#entries.get(directory);
    if (entry === undefined) return;
    meet(directory, entry.files);
    for (const next of entry.below) this.walk(next, meet);
  }

  #entryOf(directory: string): { readonly files: string[]; readonly below: string[] } {
    const known = this.#entries.get(directory);
    if (known !== undefined) return known;
    const entry = { files: [], below: [] };
    this.#entries.set(directory, entry);
    if (directory !== '') this.#entryOf(parentOf(directory)).below.push(directory);
    return entry;
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
