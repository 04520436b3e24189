import type { Runtime } from 'node:inspector';
import type { Cdp } from './cdp.ts';
import type { Scripts } from './scripts.ts';

interface InternalLocation {
  readonly scriptId: string;
  readonly lineNumber: number;
}

/** What V8 keeps beside an object's properties, such as `[[FunctionLocation]]`. */
export interface Internals {
  readonly properties: ReadonlyMap<string, Runtime.RemoteObject>;
  /** The same of its own properties. */
  readonly own: ReadonlyMap<string, Runtime.RemoteObject>;
}

export async function internalsOf(cdp: Cdp, objectId: string): Promise<Internals> {
  const { result, internalProperties = [] } = await cdp.send<Runtime.GetPropertiesReturnType>(
    'Runtime.getProperties',
    { objectId, ownProperties: true },
  );
  return { properties: valuesOf(internalProperties), own: valuesOf(result) };
}

function valuesOf(
  descriptors: readonly {
    readonly name: string;
    readonly value?: Runtime.RemoteObject | undefined;
  }[],
): Map<string, Runtime.RemoteObject> {
  return new Map(
    descriptors.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
  );
}

/** The place that a location in `[[…Location]]` means; null where its script has no file. */
export function placeIn(
  location: Runtime.RemoteObject | undefined,
  scripts: Scripts,
): { readonly file: string; readonly line: number } | null {
  const value = location?.value as InternalLocation | undefined;
  const file = value === undefined ? null : scripts.fileOf(value.scriptId);
  return value === undefined || file === null ? null : { file, line: value.lineNumber + 1 };
}
