import { fileURLToPath } from 'node:url';
import type { Debugger } from 'node:inspector';
import type { Frame } from '../stack.ts';
import type { Cdp } from './cdp.ts';

/** Which script is which file; it hears of them from `Debugger.enable` on. */
export class Scripts {
  readonly #urls = new Map<string, string>();

  constructor(cdp: Cdp) {
    cdp.on('Debugger.scriptParsed', (params) => {
      const { scriptId, url } = params as Debugger.ScriptParsedEventDataType;
      this.#urls.set(scriptId, url);
    });
  }

  /** A path, `node:…` for Node's own; null for what was never in a file. */
  fileOf(scriptId: string): string | null {
    const url = this.#urls.get(scriptId) ?? '';
    if (url === '') return null;
    return url.startsWith('file://') ? fileURLToPath(url) : url;
  }

  /** Node's own code has no line: that is nobody's place. */
  frame(name: string, { scriptId, lineNumber }: Debugger.Location): Frame {
    const file = this.fileOf(scriptId);
    const isOwn = isInternal(file);
    return {
      function: name === '' ? '(anonymous)' : name,
      file: file === null ? null : file,
      line: isOwn ? null : lineNumber + 1,
    };
  }
}

/** Whether it is code that comes with Node. */
export function isInternal(file: string | null): boolean {
  return file === null || file.startsWith('node:');
}
