import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { testFolder } from '../lib/video/support';
import { ensureBuilt } from '../support/built';
import { ANNA, ANNA_ELSEWHERE, LI_NA, writeScene, type Scene } from '../support/clips';
import { samplePhoto } from '../support/images';
import { demo } from './support';

/** Starting Node-RED on a small busy machine. */
const START_MS = 600_000;

interface Event {
  readonly event: string;
  readonly person: string | null;
}

describe('demo on a clip', function () {
  this.timeout(START_MS);
  const folder = testFolder();
  const at = (name: string): string => join(folder.path, name);

  before(ensureBuilt);
  after(() => folder.remove());

  function folderAt(name: string): string {
    mkdirSync(at(name), { recursive: true });
    return at(name);
  }

  async function photograph({ photo, ...window }: Scene): Promise<Buffer> {
    return sharp(samplePhoto(photo)).extract(window).jpeg().toBuffer();
  }

  /** The events, each of which is one line of JSON, and nothing else is said on standard output. */
  async function eventsOf(clip: string, people: string, ...more: string[]): Promise<string[]> {
    const { code, out, err } = await demo('--video', clip, '--people', people, '--once', '--json', ...more);
    assert.equal(code, 0, err);
    const lines = out.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Event).map(({ event, person }) => `${event} ${person}`);
  }

  it('names the person of a photograph', async () => {
    const people = folderAt('photograph');
    writeFileSync(join(people, 'Anna.jpg'), await photograph(ANNA));
    await writeScene(at('elsewhere.mjpeg'), ANNA_ELSEWHERE, { person: 20, nobody: 5 });
    assert.deepEqual(await eventsOf(at('elsewhere.mjpeg'), people), ['arrived Anna', 'left Anna']);
  });

  it('names the person of another clip, and not somebody like her', async () => {
    const people = folderAt('clip');
    await writeScene(join(folderAt('clip/Anna'), 'party.mjpeg'), ANNA_ELSEWHERE, { person: 20, nobody: 5 });
    await writeScene(at('anna.mjpeg'), ANNA, { person: 20, nobody: 5 });
    assert.deepEqual(await eventsOf(at('anna.mjpeg'), people), ['arrived Anna', 'left Anna']);
    await writeScene(at('other.mjpeg'), LI_NA, { person: 50, nobody: 5 });
    assert.deepEqual(await eventsOf(at('other.mjpeg'), people), []);
    const lenient = await eventsOf(at('other.mjpeg'), people, '--threshold', '0.25');
    assert.ok(lenient.includes('arrived Anna'), 'she is like her');
  });

  it('says what is wrong, on standard error alone, and fails', async () => {
    const good = folderAt('good');
    writeFileSync(join(good, 'Anna.jpg'), await photograph(ANNA));
    const nobody = folderAt('nobody');
    writeFileSync(join(nobody, 'Anna.jpg'), 'no picture');
    const text = at('text.mp4');
    writeFileSync(text, 'This is no video. '.repeat(100));
    await writeScene(at('short.mjpeg'), ANNA, { person: 2, nobody: 0 });
    for (const [clip, people, expected, ...more] of [
      [at('none.mp4'), good, /there is no file .*none\.mp4/],
      [text, good, /The clip .*text\.mp4 cannot be played: Invalid data found when processing input/],
      [at('short.mjpeg'), folderAt('empty'), /The folder .*empty holds no images and no clips/],
      [at('short.mjpeg'), at('nowhere'), /The folder .*nowhere cannot be read/],
      [at('short.mjpeg'), nobody, /Nobody could be enrolled from .*nobody/],
      [at('short.mjpeg'), good, /for --threshold but received/, '--threshold', 'high'],
    ] as const) {
      const { code, out, err } = await demo('--video', clip, '--people', people, '--once', '--json', ...more);
      assert.deepEqual([code, out], [1, ''], err);
      assert.match(err, expected);
    }
  });
});
