/** From where to where `HEAD` was moved, each as `Head.now` tells it. */
export interface HeadMove {
  readonly from: string;
  readonly to: string;
}

export function headMoveText({ from, to }: HeadMove): string {
  return `from ${from} to ${to}`;
}

/** Reads it back; a ref has no space in its name (git-check-ref-format(1)). */
export function readHeadMove(text: string): HeadMove | null {
  const [, from, to] = /^from (.+) to (.+)$/.exec(text) ?? [];
  return from === undefined || to === undefined ? null : { from, to };
}
