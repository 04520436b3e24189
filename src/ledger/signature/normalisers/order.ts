/** The inside of `{…}` without a colon or a nested bracket: a set, as most languages print it. */
const BRACES = /\{([^{}:[\]()]*,[^{}:[\]()]*)\}/g;
/** `node-b,node-a,node-c`: three names or more without a space between them. */
const LIST = /(?<![\w.,-])[\w.-]+(?:,[\w.-]+){2,}(?![\w,-])/g;

/** What has no order of its own gets one. */
export function normaliseOrder(text: string): string {
  return text
    .replace(BRACES, (_, inside: string) => {
      const items = inside.split(',').map((item) => item.trim());
      return `{${items
        .filter((item) => item !== '')
        .toSorted()
        .join(', ')}}`;
    })
    .replace(LIST, (list) => list.split(',').toSorted().join(','));
}
