/**
 * Copies an exposed value as `contextBridge` does: a deep, frozen copy in which functions are proxies. Arguments and results
 * cross the boundary as copies; functions among them become proxies too; prototypes and symbols are lost.
 */
export function exposeApi(api: unknown): unknown {
  return cross(api, true);
}

function cross(value: unknown, freeze = false): unknown {
  if (typeof value === 'function') {
    const inner = value as (...args: unknown[]) => unknown;
    return (...args: unknown[]) => cross(inner(...args.map((argument) => cross(argument))));
  }
  if (typeof value === 'symbol') throw new TypeError('A symbol cannot cross the context bridge.');
  if (value === null || typeof value !== 'object') return value;
  // Files keep the browser's data about them.
  if (value instanceof File) return value;
  if (value instanceof Promise) return value.then((result) => cross(result));
  if (Array.isArray(value)) return value.map((item) => cross(item));
  if (Object.getPrototypeOf(value) === Object.prototype) {
    const copy = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cross(item)]));
    return freeze ? Object.freeze(copy) : copy;
  }
  return structuredClone(value);
}
