/** What the contenders of a soak wrote, each line whole. */
export interface SoakLog {
  readonly entered: number;
  readonly blocked: number;
  /** The most that held at once. */
  readonly peak: number;
  /** Tokens that were not larger than the one before them in the same slot. */
  readonly tokensBack: number;
}

interface Moment {
  readonly at: bigint;
  readonly change: 1 | -1;
}

/**
 * Reads when who held a permit. A holder says that it has one after it got it, and that it leaves
 * before it gives it back, so that what overlaps here did overlap.
 *
 * @param killed when the signal was about to be sent, by pid: from then on its permit may be free
 */
export function readSoakLog(text: string, killed: ReadonlyMap<number, bigint>): SoakLog {
  const moments: Moment[] = [];
  const inside = new Map<number, bigint>();
  const lastToken = new Map<string, number>();
  const tally = { entered: 0, blocked: 0, tokensBack: 0 };
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [what, who, time, slot = '', token] = line.split(' ');
    const [pid, at] = [Number(who), BigInt(time ?? '0')];
    switch (what) {
      case 'blocked':
        tally.blocked += 1;
        break;
      case 'enter':
        tally.entered += 1;
        inside.set(pid, at);
        if (Number(token) <= (lastToken.get(slot) ?? 0)) tally.tokensBack += 1;
        lastToken.set(slot, Number(token));
        break;
      case 'leave':
        moments.push({ at: inside.get(pid) ?? at, change: 1 }, { at, change: -1 });
        inside.delete(pid);
        break;
      default:
        throw new Error(`Expected a line of a soak, got ${line}`);
    }
  }
  for (const [pid, at] of inside) {
    const end = killed.get(pid);
    if (end === undefined) throw new Error(`pid ${pid} entered, was not killed, and did not leave`);
    if (end > at) moments.push({ at, change: 1 }, { at: end, change: -1 });
  }
  return { ...tally, peak: peakOf(moments) };
}

/** Who comes at the very moment at which another goes counts as beside it. */
function peakOf(moments: readonly Moment[]): number {
  let [now, peak] = [0, 0];
  for (const { change } of moments.toSorted((a, b) =>
    a.at < b.at ? -1 : a.at > b.at ? 1 : b.change - a.change,
  )) {
    now += change;
    peak = Math.max(peak, now);
  }
  return peak;
}
