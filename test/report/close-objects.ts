/** The JSON Schema with every object closed to properties that it does not name. */
export function closeObjects(schema: object): object {
  const closed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) closed[key] = close(value);
  if ('properties' in schema && 'type' in schema) closed['additionalProperties'] = false;
  return closed;
}

function close(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(close);
  return typeof value === 'object' && value !== null ? closeObjects(value) : value;
}
