import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { usageError, type PindownError } from '../../core/errors.ts';
import type { Detection, Place } from '../framework.ts';
import { pythonCandidates } from './python.ts';
import { findSign, findWay } from './signs.ts';

/** By pytest's configuration, a conftest.py, or files with telling names. */
export async function detect(place: Place): Promise<Detection | null> {
  const sign = await findSign(place.dir);
  if (sign === null && !place.forced) return null;
  const pythons = await pythonCandidates(place.dir, place.env);
  if (place.forced && !(await anyHasPytest(pythons, place))) throw pytestMissing(pythons);
  const { way, file } = await findWay(place.dir);
  const started = file === null ? '' : `, started as python -m pytest like in ${file}`;
  return {
    strength: sign?.strength ?? 1,
    because: `${sign?.because ?? 'named by the user'}${started}`,
    version: null,
    args: [],
    data: { pythons, way, path: place.env['PATH'] ?? '' },
  };
}

/** The error for a machine on which no Python has pytest. */
export function pytestMissing(pythons: readonly string[]): PindownError {
  return usageError(
    'pytest-missing',
    pythons.length === 0
      ? 'pytest is not there: no Python was found, neither in .venv or venv nor on PATH'
      : `pytest is not there: asked ${pythons.join(', ')}`,
    'Install it where the project has its dependencies (`python3 -m venv .venv && ' +
      '.venv/bin/pip install pytest`), or activate that environment first.',
  );
}

const ASK = 'import importlib.util, sys; sys.exit(importlib.util.find_spec("pytest") is None)';

async function anyHasPytest(pythons: readonly string[], place: Place): Promise<boolean> {
  for (const python of pythons) {
    const has = await promisify(execFile)(python, ['-c', ASK], {
      cwd: place.dir,
      env: place.env,
      timeout: 30_000,
    }).then(
      () => true,
      // Whatever is wrong with this one (no pytest, no Python at all), another may serve.
      () => false,
    );
    if (has) return true;
  }
  return false;
}
