import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stay } from '../../lib/tracking/event-machine';
import type { Presence } from '../../lib/tracking/face-watch';
import { PresenceFile, sweep } from '../../nodes/face-events/presence-file';
import { face, frameAt, square } from '../lib/tracking/synthetic';
import { testFolder } from '../lib/video/support';

const stay = (person: string | null, rest: Partial<Stay> = {}): Stay => ({
  person,
  strangerId: person === null ? 'stranger-3' : null,
  similarity: 0.7,
  votes: 3,
  firstTime: 1000,
  lastTime: 2000,
  announced: 1100,
  best: { face: face(square(0, 0)), score: 0.5, crop: frameAt(0) },
  ...rest,
});
const presence = (stays: readonly Stay[], rest: Partial<Presence> = {}): Presence => ({
  source: 'door',
  last: 2500,
  gap: 40,
  stays,
  arrivals: [['person anna', 1100]],
  ...rest,
});

describe('presence file', () => {
  const root = testFolder();
  const folder = join(root.path, 'arcflow', 'presence');
  const file = new PresenceFile(folder, 'a/b.1');
  const path = join(folder, 'a%2Fb.1.json');

  after(() => root.remove());

  it('gives back who was announced, without picture, and nobody else', () => {
    file.save([
      presence([stay('anna'), stay(null), stay('ben', { announced: undefined })]),
      presence([], { source: 'yard' }),
    ]);
    const expected = [stay('anna'), stay(null)].map((each) => ({ ...each, best: undefined }));
    assert.deepEqual(file.load(), [presence(expected, { arrivals: [] })]);
    assert.deepEqual(readdirSync(folder), ['a%2Fb.1.json']);
    const text = readFileSync(path, 'utf8');
    assert.ok(!text.includes('ben') && !text.includes('best') && !text.includes('data'));
  });

  it('is for its owner alone', function () {
    if (process.platform === 'win32') this.skip();
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
  });

  it('is gone when nobody is there', () => {
    file.save([presence([stay('anna', { announced: undefined })])]);
    assert.deepEqual(readdirSync(folder), []);
    assert.deepEqual(file.load(), []);
    file.save([]);
    file.remove();
  });

  it('is the file of one node alone', () => {
    file.save([presence([stay('anna')])]);
    assert.deepEqual(new PresenceFile(folder, 'other').load(), []);
  });

  for (const text of [
    '',
    '[{"source":"door","last":2500,"stays":[{"person":"an',
    'null',
    '{"source":"door"}',
    '[null, 7, {"source":1,"last":2,"stays":[]}, {"source":"door","last":"now","stays":[]}]',
    '[{"source":"door","last":1e999,"stays":[]}]',
  ])
    it(`takes nothing from a file that says ${JSON.stringify(text).slice(0, 40)}`, () => {
      writeFileSync(path, text);
      assert.deepEqual(file.load(), []);
    });

  it('leaves out what it cannot make sense of', () => {
    const good = {
      person: 'anna',
      strangerId: null,
      similarity: 0.7,
      votes: 3,
      firstTime: 1,
      lastTime: 2,
      announced: 1,
    };
    const stays = [
      good,
      { ...good, person: 7 },
      { ...good, firstTime: null },
      'ben',
      { ...good, announced: undefined },
    ];
    writeFileSync(path, JSON.stringify([{ source: 'door', last: 2, gap: 'slow', stays }]));
    assert.deepEqual(file.load(), [
      { source: 'door', last: 2, gap: undefined, stays: [{ ...good, best: undefined }], arrivals: [] },
    ]);
  });

  it('is swept away with its node, with what a crash has left beside it', () => {
    file.save([presence([stay('anna')])]);
    new PresenceFile(folder, 'gone').save([presence([stay('anna')])]);
    writeFileSync(`${path}.new`, '[');
    sweep(folder, (nodeId) => nodeId === 'a/b.1');
    assert.deepEqual(readdirSync(folder), ['a%2Fb.1.json']);
    sweep(join(root.path, 'nowhere'), () => true);
  });

  it('says why it could not be written', () => {
    const blocked = join(root.path, 'blocked');
    writeFileSync(blocked, '');
    assert.throws(
      () => new PresenceFile(join(blocked, 'presence'), 'n').save([presence([stay('anna')])]),
      /ENOTDIR|EEXIST/,
    );
    mkdirSync(join(folder, 'folder.json'));
    assert.throws(() => new PresenceFile(folder, 'folder').load(), /EISDIR/);
  });
});
