import type { Scene } from './hang-class.ts';

/** What is asked of one scene by many classes, and for many processes, is computed once. */
export function oncePerScene<T>(compute: (scene: Scene) => T): (scene: Scene) => T {
  const known = new WeakMap<Scene, { readonly value: T }>();
  return (scene) => {
    const found = known.get(scene) ?? { value: compute(scene) };
    known.set(scene, found);
    return found.value;
  };
}
