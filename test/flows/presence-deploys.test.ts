/** A broker that retains who is there must not lie after a deploy, a restart or the end of the node that tells it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Aedes } from 'aedes' with { 'resolution-mode': 'import' };
import { connectAsync, type MqttClient } from 'mqtt';
import { testFolder } from '../lib/video/support';
import { ensureBuilt } from '../support/built';
import { startNodeRed, type NodeRed } from '../support/node-red';

const FRAME_MS = 100;
const START_MS = 150_000;
/** The answer to a frame takes milliseconds. */
const ANSWER_MS = 3000;
const ANNA = 'home/anna';

type FlowNode = Record<string, unknown>;

/** Makes a frame, with the face of whoever the address names in it. */
const SEE = `
const face = (person) => ({
  box: { x: 10, y: 10, width: 40, height: 40 },
  confidence: 0.99,
  landmarks: {
    leftEye: { x: 22, y: 26 }, rightEye: { x: 38, y: 26 }, nose: { x: 30, y: 34 },
    mouthLeft: { x: 24, y: 42 }, mouthRight: { x: 36, y: 42 },
  },
  quality: { size: 40, sharpness: 0.8, yaw: 0, pitch: 0, roll: 0 },
  match: { person, similarity: 0.8, threshold: 0.35, known: true, candidates: [{ person, similarity: 0.8 }] },
});
const { person } = msg.req.query;
msg.frame = {
  data: Buffer.alloc(64 * 64 * 3), width: 64, height: 64, timestamp: Date.now(), sequence: 0, source: 'door',
};
msg.faces = person ? [face(person)] : [];
return msg;`;
const TELL = `
const { person, event } = msg.payload;
return { topic: 'home/' + person, payload: event === 'left' ? 'absent' : 'present' };`;
const ANSWER = 'msg.payload = "seen"; return msg;';

function flows(port: number): FlowNode[] {
  const place = { z: 'tab', x: 100, y: 100 };
  const code = { type: 'function', outputs: 1, ...place };
  return [
    { id: 'tab', type: 'tab', label: 'Door', disabled: false },
    { id: 'other', type: 'tab', label: 'Another flow', disabled: false },
    { id: 'broker', type: 'mqtt-broker', broker: '127.0.0.1', port: String(port), protocolVersion: '4' },
    { id: 'in', type: 'http in', url: '/see', method: 'get', ...place, wires: [['see']] },
    { id: 'see', func: SEE, ...code, wires: [['events']] },
    {
      id: 'events',
      type: 'face-events',
      leaveAfter: 2,
      coolDown: 0,
      seenEvery: 3600,
      ...place,
      wires: [['tell'], ['answer']],
    },
    { id: 'tell', func: TELL, ...code, wires: [['out']] },
    { id: 'out', type: 'mqtt out', broker: 'broker', retain: 'true', qos: '1', ...place, wires: [] },
    { id: 'answer', func: ANSWER, ...code, wires: [['response']] },
    { id: 'response', type: 'http response', ...place, wires: [] },
    // Keeps the broker's connection when the flow with the camera is disabled.
    { id: 'more', type: 'mqtt out', broker: 'broker', topic: 'more', ...place, z: 'other', wires: [] },
  ];
}

/** A flow file with a node changed, or without it. */
const changed = (all: readonly FlowNode[], id: string, change: FlowNode | null): FlowNode[] =>
  all.flatMap((node) => (node['id'] !== id ? [node] : change === null ? [] : [{ ...node, ...change }]));

describe('who is there, at a broker that retains it', function () {
  this.timeout(START_MS);
  const folder = testFolder();
  const presence = join(folder.path, 'arcflow', 'presence');
  let broker: Aedes;
  let server: Server;
  let client: MqttClient;
  let all: FlowNode[];
  let nodeRed: NodeRed | undefined;
  /** What was published about Anna since the test began. */
  let told: string[] = [];

  const start = async (): Promise<void> => {
    nodeRed = await startNodeRed(all, {}, { userDir: folder.path });
  };

  async function deploy(type: 'full' | 'flows' | 'nodes' | 'reload', flow: readonly FlowNode[] = all) {
    const response = await fetch(`${nodeRed!.url}/flows`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Node-RED-Deployment-Type': type },
      body: JSON.stringify(flow),
    });
    assert.ok(response.status < 300, `${type}: ${response.status}`);
  }

  /** One frame; false where the flow does not run, or was deployed meanwhile and lost it. */
  async function see(person = ''): Promise<boolean> {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const seen = await fetch(`${nodeRed!.url}/see?person=${person}`, { signal }).then(
      ({ ok }) => ok,
      () => false,
    );
    await delay(FRAME_MS);
    return seen;
  }

  async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (!(await condition())) {
      assert.ok(Date.now() < deadline, `${what}; told: ${told.join()}\n${nodeRed?.log().slice(-2000)}`);
      await delay(20);
    }
  }

  const retained = async (): Promise<string | undefined> => {
    const late = await connectAsync(`mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const answer = new Promise<string>((resolve) =>
      late.once('message', (_topic, payload) => resolve(payload.toString())),
    );
    await late.subscribeAsync(ANNA, { qos: 1 });
    const value = await Promise.race([answer, delay(2000)]);
    await late.endAsync();
    return value ?? undefined;
  };

  async function annaComes(): Promise<void> {
    told = [];
    await until(async () => (await see('anna')) && told.includes('present'), 'Anna does not come');
    told = [];
  }

  async function annaStays(frames = 15): Promise<void> {
    await until(() => see('anna'), 'the flow does not answer');
    for (let k = 0; k < frames; k++) await see('anna');
  }

  async function annaGoes(): Promise<void> {
    await until(async () => (await see()) && told.length > 0, 'Anna does not go');
    assert.deepEqual(told, ['absent']);
    assert.equal(await retained(), 'absent');
  }

  before(async () => {
    ensureBuilt();
    const aedes = await import('aedes');
    broker = await aedes.Aedes.createBroker();
    server = createServer(broker.handle);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    all = flows(port);
    client = await connectAsync(`mqtt://127.0.0.1:${port}`);
    client.on('message', (_topic, payload) => told.push(payload.toString()));
    await client.subscribeAsync(ANNA, { qos: 1 });
    await start();
  });

  after(async () => {
    await nodeRed?.stop();
    await client.endAsync();
    await new Promise<void>((resolve) => broker.close(resolve));
    server.close();
    folder.remove();
  });

  const deploys: [string, 'full' | 'flows' | 'nodes' | 'reload', FlowNode][] = [
    ['a full deploy', 'full', {}],
    ['a deploy of changed flows', 'flows', { name: 'renamed' }],
    ['a deploy of changed nodes, with other settings', 'nodes', { leaveAfter: 3, maxFaces: 10 }],
    ['a reload', 'reload', {}],
  ];
  for (const [name, type, change] of deploys)
    it(`stays true over ${name}: who stays has not arrived anew, who is gone has left`, async () => {
      await annaComes();
      await deploy(type, changed(all, 'events', change));
      await annaStays();
      assert.deepEqual(told, []);
      await deploy(type, all);
      await annaGoes();
    });

  const ends: [string, 'full' | 'flows' | 'nodes', FlowNode | null][] = [
    ['deleted', 'full', null],
    ['deleted', 'nodes', null],
    ['disabled', 'flows', { d: true }],
  ];
  for (const [what, type, change] of ends)
    it(`says that everybody left when the node is ${what} (${type})`, async () => {
      await annaComes();
      await deploy(type, changed(all, 'events', change));
      await until(() => told.length > 0, 'nobody says that Anna left');
      assert.deepEqual(told, ['absent']);
      assert.equal(await retained(), 'absent');
      assert.ok(!existsSync(presence) || readdirSync(presence).length === 0);
      await deploy(type, all);
    });

  it('says so when the flow is enabled again after it was disabled', async () => {
    await annaComes();
    await deploy('full', changed(all, 'tab', { disabled: true }));
    await until(async () => !(await see('anna')), 'the flow goes on');
    await deploy('full', all);
    await until(() => see(), 'the flow does not answer');
    await annaGoes();
  });

  for (const [how, end] of [
    ['was stopped', () => nodeRed!.stop()],
    ['was killed', () => nodeRed!.kill()],
  ] as const) {
    it(`stays true after Node-RED ${how} and started again`, async () => {
      await annaComes();
      await end();
      await start();
      await annaStays();
      assert.deepEqual(told, []);
      await end();
      await start();
      await annaGoes();
    });
  }

  it('says that who was there left when no frame comes after the start', async () => {
    await annaComes();
    await nodeRed!.stop();
    await start();
    await until(() => told.length > 0, 'nobody says that Anna left');
    assert.deepEqual(told, ['absent']);
  });

  it('keeps on disk who is there, for the owner alone, and only until they have left', async () => {
    await annaComes();
    const [file] = readdirSync(presence);
    assert.equal(file, 'events.json');
    const path = join(presence, file);
    assert.match(readFileSync(path, 'utf8'), /anna/);
    if (process.platform !== 'win32') {
      assert.equal(statSync(path).mode & 0o777, 0o600);
      assert.equal(statSync(presence).mode & 0o777, 0o700);
    }
    await annaGoes();
    await until(() => readdirSync(presence).length === 0, 'the file stays');
  });

  it('keeps nothing on disk where that is switched off', async () => {
    await annaComes();
    await deploy('nodes', changed(all, 'events', { keepPresent: false }));
    await annaStays();
    assert.deepEqual(told, []);
    assert.deepEqual(readdirSync(presence), []);
    await annaGoes();
    await deploy('nodes', all);
  });
});
