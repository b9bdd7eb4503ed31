/** The example flows with a camera do what they say: each is given a clip in place of its camera, in a real Node-RED. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { exampleFlow } from '../../scripts/demo/example-flow';
import { writeSamples } from '../../scripts/demo/samples';
import { testFolder } from '../lib/video/support';
import { ensureBuilt } from '../support/built';
import { ANNA, writeScene } from '../support/clips';
import { startNodeRed, type NodeRed } from '../support/node-red';

const START_MS = 600_000;
const STEP_MS = 100;
/** Says on the console what the watch-list's events are. */
const SPY = {
  id: 'wl-spy',
  type: 'debug',
  z: 'watch-list',
  name: 'watched',
  active: true,
  console: 'true',
  complete: 'topic',
  targetType: 'msg',
  wires: [],
};

describe('example flows with a camera', function () {
  this.timeout(START_MS);
  const folder = testFolder();
  const at = (...names: string[]): string => join(folder.path, ...names);
  let nodeRed: NodeRed | undefined;

  const press = async (button: string): Promise<void> => {
    const { ok } = await fetch(`${nodeRed!.url}/inject/${button}`, { method: 'POST' });
    assert.ok(ok, button);
  };

  /** What a flow has noted in its context, as text; undefined while it has noted nothing. */
  async function noted(flow: string, key: string): Promise<string | undefined> {
    const response = await fetch(`${nodeRed!.url}/context/flow/${flow}/${key}`);
    const { msg } = (await response.json()) as { msg?: string };
    return msg;
  }

  async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
    for (let tries = 0; !(await holds()); tries++) {
      assert.ok(tries < 900, `${what}\n${nodeRed!.log()}`);
      await delay(STEP_MS);
    }
  }

  const count = (what: RegExp): number => nodeRed!.log().match(what)?.length ?? 0;

  before(async () => {
    ensureBuilt();
    const { people } = await writeSamples(at('samples'));
    const clip = at('clip.mjpeg');
    await writeScene(clip, ANNA, { person: 25, nobody: 5 });
    const camera = { kind: 'file', path: clip, pace: 'flow' };
    const cpu = { provider: 'cpu', threads: 1 };
    nodeRed = await startNodeRed([
      ...exampleFlow(
        'camera-preview',
        { PEOPLE: people },
        { 'cp-runtime': cpu, 'cp-camera': camera, 'cp-enrol-result': { console: 'true' } },
      ),
      ...exampleFlow(
        'attendance',
        { PEOPLE: people, FOLDER: at('attendance') },
        { 'at-runtime': cpu, 'at-camera': camera },
      ),
      ...exampleFlow(
        'watch-list',
        { PEOPLE: people, WATCH: 'Boris, Anna', COOL_DOWN_MINUTES: '15', FOLDER: at('alerts') },
        {
          'wl-runtime': cpu,
          'wl-camera': camera,
          // The list's own cool-down is what is to be seen here.
          'wl-events': { coolDown: 0, wires: [['wl-watch', SPY.id], []] },
        },
      ),
      SPY,
      ...exampleFlow(
        'two-cameras',
        { PEOPLE: people },
        {
          'tc-runtime': cpu,
          'tc-front': camera,
          // It plays on, so that somebody is still there at the end.
          'tc-garden': { ...camera, loop: true, maxRate: 5 },
        },
      ),
    ]);
    // One gallery for all: enrolling in one flow is enough.
    await press('cp-enrol');
    await until(() => count(/\[debug:enrolled\]/g) >= 4, 'nobody was enrolled');
  });
  after(async () => {
    await nodeRed?.stop();
    folder.remove();
  });

  it('camera-preview shows the newest picture in the browser', async () => {
    const page = await fetch(`${nodeRed!.url}/faces`);
    assert.match(page.headers.get('content-type') ?? '', /text\/html/);
    assert.match(await page.text(), /<img /);
    await press('cp-start');
    let picture: Response | undefined;
    await until(async () => {
      picture = await fetch(`${nodeRed!.url}/faces/picture`);
      return picture.ok;
    }, 'no picture came');
    const { format, width } = await sharp(Buffer.from(await picture!.arrayBuffer())).metadata();
    assert.deepEqual([format, width], ['jpeg', 360]);
  });

  it('attendance writes the first and last time of each person', async () => {
    await press('at-start');
    const file = at('attendance', `${new Date().toLocaleDateString('sv-SE')}.csv`);
    await until(() => existsSync(file) && readFileSync(file, 'utf8').includes('Anna'), 'no list was written');
    const [head, ...rows] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
    assert.equal(head, 'person,first,last');
    assert.equal(rows.length, 1);
    assert.match(rows[0]!, /^Anna,\d\d:\d\d:\d\d,\d\d:\d\d:\d\d$/);
  });

  it('watch-list keeps a picture of who is on the list, and is quiet during the cool-down', async () => {
    const pictures = (): string[] => (existsSync(at('alerts')) ? readdirSync(at('alerts')) : []);
    await press('wl-start');
    await until(() => pictures().length > 0, 'no alert came');
    const alerts = await noted('watch-list', 'alerts');
    assert.match(alerts ?? '', /Anna/);
    const [file] = pictures();
    await until(() => readFileSync(at('alerts', file!)).length > 0, 'the picture is empty');
    const { format } = await sharp(at('alerts', file!)).metadata();
    assert.equal(format, 'jpeg');
    // A source that still plays would not start again.
    await until(() => count(/\[debug:watched\] left/g) === 1, 'Anna never left');
    await press('wl-start');
    await until(() => count(/\[debug:watched\] arrived/g) === 2, 'Anna did not come again');
    assert.equal(await noted('watch-list', 'alerts'), alerts);
    assert.deepEqual(pictures(), [file]);
  });

  it('two-cameras knows where somebody was seen last', async () => {
    await press('tc-start');
    await until(
      async () => /Anna.*(?:front door|garden)/.test((await noted('two-cameras', 'where')) ?? ''),
      'Anna is nowhere',
    );
    await press('tc-stop');
    await until(async () => !/Anna/.test((await noted('two-cameras', 'where')) ?? ''), 'Anna never left');
  });
});
