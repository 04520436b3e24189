import type { Debugger, Runtime } from 'node:inspector';
import type { Cdp } from './cdp.ts';

/** A variable that a halted function sees. */
export interface Variable {
  /** For people, and to compare. */
  readonly text: string;
  /** Nobody but this thread can change it, and reading it runs no code. */
  readonly isPlain: boolean;
}

const SCOPES: ReadonlySet<string> = new Set(['local', 'block', 'closure', 'catch', 'module']);
const MOST_SCOPES = 6;
const MOST_VARIABLES = 100;

/** What Node puts around every CommonJS module. */
const WRAPPER: ReadonlySet<string> = new Set([
  'exports',
  'require',
  'module',
  '__filename',
  '__dirname',
  'arguments',
]);

/** The variables around the place where a function is halted, the nearest of each name. */
export async function variablesOf(
  cdp: Cdp,
  { scopeChain }: Debugger.CallFrame,
): Promise<ReadonlyMap<string, Variable>> {
  const scopes = scopeChain.filter(({ type }) => SCOPES.has(type)).slice(0, MOST_SCOPES);
  const answers = await Promise.all(
    scopes.map(({ object: { objectId } }) =>
      cdp.send<Runtime.GetPropertiesReturnType>('Runtime.getProperties', {
        objectId,
        ownProperties: true,
        generatePreview: true,
      }),
    ),
  );
  const found = new Map<string, Variable>();
  for (const { name, value } of answers.flatMap(({ result }) => result)) {
    if (found.size >= MOST_VARIABLES || found.has(name) || WRAPPER.has(name)) continue;
    if (value === undefined || value.type === 'function') continue;
    found.set(name, variableOf(value));
  }
  return found;
}

const MOST_LETTERS = 120;
const SHARED_OR_ACTIVE: ReadonlySet<string> = new Set([
  'typedarray',
  'arraybuffer',
  'dataview',
  'proxy',
]);

function variableOf({
  type,
  subtype,
  value,
  unserializableValue,
  preview,
  description,
}: Runtime.RemoteObject): Variable {
  if (type !== 'object' || subtype === 'null') {
    const text =
      unserializableValue ?? (type === 'undefined' ? 'undefined' : JSON.stringify(value));
    return { text: (text ?? description ?? type).slice(0, MOST_LETTERS), isPlain: true };
  }
  const properties = preview?.properties ?? [];
  const inner = properties.map(({ name, value: of = '…' }) => `${name}: ${of}`).join(', ');
  const hasAccessor = properties.some((property) => property.type === 'accessor');
  return {
    text: `${description ?? 'Object'} {${inner}}`.slice(0, MOST_LETTERS),
    isPlain: preview?.overflow !== true && !hasAccessor && !SHARED_OR_ACTIVE.has(subtype ?? ''),
  };
}
