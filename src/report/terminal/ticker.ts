/** Where repeated work comes from, so that tests can step it. */
export interface Ticker {
  /**
   * Calls `tick` every so many milliseconds, without keeping the process alive for it.
   *
   * @param name what the timer is for
   * @returns ends it
   */
  every(name: string, milliseconds: number, tick: () => void): () => void;
}

export const systemTicker: Ticker = {
  every(_name, milliseconds, tick) {
    const timer = setInterval(tick, milliseconds);
    timer.unref();
    return () => clearInterval(timer);
  },
};
