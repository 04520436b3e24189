/** A heap snapshot of V8 (`HeapSnapshot` of chromedevtools.github.io/devtools-protocol). */
export interface HeapSnapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly edge_fields: readonly string[];
      readonly edge_types: readonly (readonly string[] | string)[];
    };
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}

/** The objects of a snapshot by number, and what their named edges lead to. */
export class HeapGraph {
  readonly #snapshot: HeapSnapshot;
  readonly #width: number;
  readonly #edgeWidth: number;
  readonly #id: number;
  readonly #name: number;
  /** Where each object's edges begin, by its number; one more at the end. */
  readonly #firstEdge: Uint32Array;

  constructor(snapshot: HeapSnapshot) {
    const { node_fields: fields, edge_fields: edgeFields } = snapshot.snapshot.meta;
    this.#snapshot = snapshot;
    this.#width = fields.length;
    this.#edgeWidth = edgeFields.length;
    this.#id = fields.indexOf('id');
    this.#name = fields.indexOf('name');
    const count = snapshot.nodes.length / this.#width;
    const edgeCount = fields.indexOf('edge_count');
    this.#firstEdge = new Uint32Array(count + 1);
    for (let node = 0, edge = 0; node < count; node += 1) {
      edge += snapshot.nodes[node * this.#width + edgeCount] ?? 0;
      this.#firstEdge[node + 1] = edge;
    }
  }

  /** What HeapProfiler.getObjectByHeapObjectId takes. */
  idOf(node: number): string {
    return String(this.#snapshot.nodes[node * this.#width + this.#id]);
  }

  nameOf(node: number): string {
    return this.#snapshot.strings[this.#snapshot.nodes[node * this.#width + this.#name] ?? 0] ?? '';
  }

  /** Objects that have an edge of this name. */
  withEdge(name: string): number[] {
    const { strings, edges } = this.#snapshot;
    const wanted = strings.indexOf(name);
    const found = new Set<number>();
    if (wanted < 0) return [];
    for (let node = 0; node + 1 < this.#firstEdge.length; node += 1) {
      const last = this.#firstEdge[node + 1] ?? 0;
      for (let edge = this.#firstEdge[node] ?? 0; edge < last; edge += 1) {
        const at = edge * this.#edgeWidth;
        if (edges[at + 1] === wanted && this.#isNamed(edges[at])) found.add(node);
      }
    }
    return [...found];
  }

  /** Where the edges of an object lead; the name is null where it is a number only V8 knows. */
  edgesOf(node: number): { readonly name: string | null; readonly to: number }[] {
    const { strings, edges } = this.#snapshot;
    const first = this.#firstEdge[node] ?? 0;
    const last = this.#firstEdge[node + 1] ?? first;
    return Array.from({ length: last - first }, (_, index) => {
      const at = (first + index) * this.#edgeWidth;
      const name = this.#isNamed(edges[at]) ? (strings[edges[at + 1] ?? 0] ?? '') : null;
      return { name, to: (edges[at + 2] ?? 0) / this.#width };
    });
  }

  /** Of an element or a hidden edge the second field is a number. */
  #isNamed(type: number | undefined): boolean {
    const [types = []] = this.#snapshot.snapshot.meta.edge_types;
    const name = typeof types === 'string' ? types : types[type ?? 0];
    return name !== 'element' && name !== 'hidden';
  }
}
