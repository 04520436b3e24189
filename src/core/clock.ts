/** Where time comes from, so that tests can step it. */
export interface Clock {
  /** Milliseconds since the epoch; may step. For what people read. */
  wall(): number;
  /** Milliseconds since an arbitrary origin; never steps back. For durations and deadlines. */
  monotonic(): number;
}

export const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
};
