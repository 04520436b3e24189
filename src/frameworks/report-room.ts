import { MESSAGE_LENGTH } from './records.ts';

/** How much of one unit's report is kept, in characters of names and messages. */
const ROOM = 32 * 1024 * 1024;

/** What a test takes beside its text, in the same measure. */
const TEST_SIZE = 128;

/** What a reader says of a report that {@link ReportRoom} did not hold. */
export const TOO_MANY_TESTS = 'it holds more tests than one unit can have';

/** Keeps what is read of one unit's report bounded, however long the report is. */
export class ReportRoom {
  #left: number = ROOM;

  /** A test found no room: what is kept is not the whole. */
  get exceeded(): boolean {
    return this.#left < 0;
  }

  /** Whether there is room for a test of that name; once there is none there never is again. */
  admit(name: string): boolean {
    if (!this.exceeded) this.#left -= TEST_SIZE + name.length;
    return !this.exceeded;
  }

  /**
   * As much of a message as there is room for; the report on disk has the rest.
   *
   * @param used the length of the message that it is added to
   */
  cut(text: string, used = 0): string {
    const kept = text.slice(0, Math.max(0, Math.min(MESSAGE_LENGTH - used, this.#left)));
    this.#left -= kept.length;
    return kept;
  }
}
