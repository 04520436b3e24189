/** A reporter of node:test that writes its summaries, of each file and of the whole run, as JSON lines. */
export default async function* summaries(source) {
  for await (const event of source) {
    if (event.type === 'test:summary') yield `${JSON.stringify(event.data)}\n`;
  }
}
