const LOOPBACK = /\b127(?:\.\d{1,3}){3}\b|\[::1\]|(?<![\w:])::1(?![\w:])/g;
const IPV4 = /\b(?:\d{1,3}\.){3}\d{1,3}\b(?!\.\d)/g;
const IPV6 = /(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])/gi;
/** `host:8080`, `<ip>:8080`, but not `12:30` and not `file.ts:8080`, which is a line. */
const PORT_OF_HOST = /(localhost|<ip>|\/\/[\w.-]+):\d{1,5}\b/g;
const NAMED_PORT = /\b(port[s]?(?:\s*(?:is|=|:|#))?\s*)\d{1,5}\b/gi;

/** Network addresses: each machine's own, or picked from those that were free. */
export function normaliseAddresses(text: string): string {
  return text
    .replace(LOOPBACK, 'localhost')
    .replace(IPV4, '<ip>')
    .replace(IPV6, '<ip>')
    .replace(PORT_OF_HOST, '$1:<port>')
    .replace(NAMED_PORT, '$1<port>');
}
