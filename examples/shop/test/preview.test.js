import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startPreview } from '../lib/preview.js';

// Passes, and leaves a server behind.
test('serves a preview', async () => {
  const response = await fetch(await startPreview(), { headers: { connection: 'close' } });
  assert.equal(await response.text(), 'preview');
});
