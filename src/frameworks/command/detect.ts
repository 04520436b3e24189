import type { Detection, Place } from '../framework.ts';

/** Never by itself: what to run on which files only the user can say. */
export function detect(place: Place): Promise<Detection | null> {
  if (!place.forced) return Promise.resolve(null);
  return Promise.resolve({
    strength: 3,
    because: 'the command line names the command',
    version: null,
    args: [],
    data: {},
  });
}
