import assert from 'node:assert/strict';
import { delimiter } from 'node:path';
import { describe, test } from 'node:test';
import { SCRUBBED, suiteEnvironment } from '../../src/sandbox/environment.ts';

const options = { ownRoot: '/opt/pindown', projectRoot: '/home/me/project' };

describe('suiteEnvironment', () => {
  test('takes out everything on the list, and nothing else', () => {
    const noise = Object.fromEntries(SCRUBBED.map(([pattern]) => [pattern.replace('*', 'X'), '1']));
    const kept = {
      HOME: '/home/me',
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      NODE_ENV: 'test',
      npm_config_registry: 'x',
    };
    assert.deepEqual(suiteEnvironment({ ...noise, ...kept }, options), kept);
  });

  test("takes the programs of Pindown's own package out of PATH", () => {
    const PATH = [
      '/opt/pindown/node_modules/.bin',
      '/home/me/project/node_modules/.bin',
      '/usr/bin',
    ].join(delimiter);
    assert.deepEqual(suiteEnvironment({ PATH }, options), {
      PATH: ['/home/me/project/node_modules/.bin', '/usr/bin'].join(delimiter),
    });
  });

  test("leaves PATH alone when the suite is Pindown's own", () => {
    const PATH = `/opt/pindown/node_modules/.bin${delimiter}/usr/bin`;
    assert.deepEqual(suiteEnvironment({ PATH }, { ...options, projectRoot: '/opt/pindown' }), {
      PATH,
    });
  });
});
