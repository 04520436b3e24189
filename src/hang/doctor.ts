/**
 * All that a look at a hang takes. It is some hundred modules, of which most runs need none: whoever
 * only might look loads this one when it comes to that.
 */
export { diagnose } from './diagnose.ts';
export { lookAt } from './look.ts';
export { ask } from './probes/ask.ts';
export { hangJson } from './report/json.ts';
export { hangPage } from './report/page.ts';
export { redacted } from './report/redacted.ts';
export { hangSignature } from './signature.ts';
