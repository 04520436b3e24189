/**
 * A debugger's connection to one Node (chromedevtools.github.io/devtools-protocol/v8, and the
 * `Node…` domains of nodejs.org/api/inspector.html). Calls are answered in their order.
 */
export interface Cdp {
  /**
   * @throws {CdpError} what the other side refuses
   * @throws the reason of the signal by which the connection was given up
   */
  send<T>(method: string, params?: object): Promise<T>;
  /** Hears events of one kind, until the function that it returns is called. */
  on(event: string, listener: (params: unknown) => void): () => void;
  /** Tells that an event is awaited, until the function that it returns is called. */
  expect(): () => void;
}

export class CdpError extends Error {
  override name = 'CdpError';
  /** The inspector refused the call, and goes on: nothing is wrong with the connection. */
  readonly isRefusal: boolean;

  constructor(message: string, { isRefusal = false }: { readonly isRefusal?: boolean } = {}) {
    super(message);
    this.isRefusal = isRefusal;
  }
}

/** What an expression comes to, taken over by value. */
export async function evaluate<T>(cdp: Cdp, expression: string): Promise<T> {
  const { result, exceptionDetails } = await cdp.send<{
    readonly result: { readonly value?: T };
    readonly exceptionDetails?: { readonly text: string };
  }>('Runtime.evaluate', { expression, returnByValue: true, silent: true });
  if (exceptionDetails !== undefined) throw new CdpError(exceptionDetails.text);
  return result.value as T;
}

/** Calls and their answers by number, events by name; whoever has the wire feeds and empties it. */
export class CdpPeer implements Cdp {
  readonly #write: (message: string) => void;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #listeners = new Map<string, Set<(params: unknown) => void>>();
  #number = 0;
  #expected = 0;
  #over: Error | null = null;

  constructor(write: (message: string) => void) {
    this.#write = write;
  }

  send<T>(method: string, params: object = {}): Promise<T> {
    if (this.#over !== null) return Promise.reject(this.#over);
    this.#number += 1;
    const answer = Promise.withResolvers<unknown>();
    // Several are sent before the first is awaited: one that fails early is no unhandled rejection.
    answer.promise.catch(() => undefined);
    this.#pending.set(this.#number, answer);
    this.#write(JSON.stringify({ id: this.#number, method, params }));
    return answer.promise as Promise<T>;
  }

  on(event: string, listener: (params: unknown) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  expect(): () => void {
    this.#expected += 1;
    return () => {
      this.#expected -= 1;
    };
  }

  /** Whether an answer or an event is still to come. */
  get isWaiting(): boolean {
    return this.#pending.size + this.#expected > 0;
  }

  /** Takes one message from the other side. */
  receive(message: string): void {
    const { id, method, params, result, error } = JSON.parse(message) as Message;
    if (id === undefined) {
      for (const listener of this.#listeners.get(method ?? '') ?? []) listener(params);
      return;
    }
    const answer = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) answer?.resolve(result);
    else answer?.reject(new CdpError(error.message, { isRefusal: true }));
  }

  /** Nothing comes any more: whoever still waits is told why. */
  end(reason: Error): void {
    this.#over ??= reason;
    for (const answer of this.#pending.values()) answer.reject(reason);
    this.#pending.clear();
  }
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}
