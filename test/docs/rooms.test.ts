/** docs/architecture.md says of every room of lib/ why it is one. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ROOMS from '../../lib/rooms.json';
import { PROJECT } from '../support/images';

describe('docs/architecture.md', () => {
  const text = readFileSync(join(PROJECT, 'docs', 'architecture.md'), 'utf8');

  for (const room of Object.keys(ROOMS)) {
    it(`says why there is lib/${room}`, () => assert.match(text, new RegExp(`^- \`${room}\`: \\S`, 'm')));
  }
});
