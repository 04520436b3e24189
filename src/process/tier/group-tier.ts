import type { Census, Ownership } from '../census.ts';
import { killMembers } from '../kill-members.ts';
import type { Member } from '../member.ts';
import type { Entry, FirstProcess, Hold, Tier } from './tier.ts';

/**
 * Holds an attempt by what its processes can be recognised by: the group and session that its
 * first process leads, the environment and the output that they inherit. A process that gives up
 * all of them is lost to it.
 */
export class GroupTier implements Tier {
  readonly name = 'group';
  readonly because: string;
  readonly #census: Census;
  readonly #runId: string;

  constructor(runId: string, census: Census, because: string) {
    this.#runId = runId;
    this.#census = census;
    this.because = because;
  }

  hold(token: string): Hold {
    return new RecognisingHold(this.#census, { lineage: `${this.#runId}/${token}` });
  }

  remains(): Hold {
    return new RecognisingHold(this.#census, { lineage: `${this.#runId}/` });
  }

  close(): null {
    return null;
  }
}

/** A hold on whatever the census recognises. */
export class RecognisingHold implements Hold {
  readonly #census: Census;
  #owner: Ownership;

  constructor(census: Census, owner: Pick<Ownership, 'lineage'> & Partial<Ownership>) {
    this.#census = census;
    this.#owner = { leader: null, outputs: [], ...owner };
  }

  within<T>(start: () => T): T {
    return start();
  }

  entry(): Entry {
    return { kind: 'none' };
  }

  started({ pid, outputs }: FirstProcess): void {
    this.#owner = { ...this.#owner, leader: pid, outputs };
  }

  members(meet?: (member: Member) => void): Promise<readonly Member[]> {
    return this.#census.members(this.#owner, meet);
  }

  kill(): Promise<readonly Member[]> {
    return killMembers((meet) => this.members(meet));
  }

  release(): null {
    return null;
  }
}
