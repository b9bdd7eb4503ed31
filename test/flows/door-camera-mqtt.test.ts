/** The door camera's flow against a real broker, seen with the eyes of Home Assistant. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Aedes } from 'aedes' with { 'resolution-mode': 'import' };
import { connectAsync, type MqttClient } from 'mqtt';
import { exampleFlow } from '../../scripts/demo/example-flow';
import { writeSamples } from '../../scripts/demo/samples';
import { testFolder } from '../lib/video/support';
import { ensureBuilt } from '../support/built';
import { ANNA as ANNA_AT_THE_DOOR, writeScene } from '../support/clips';
import { startNodeRed, type NodeRed } from '../support/node-red';

const START_MS = 600_000;
const BASE = 'arcflow/door';

interface Discovery {
  readonly name: string;
  readonly unique_id: string;
  readonly state_topic: string;
  readonly value_template?: string;
  readonly json_attributes_topic?: string;
  readonly device_class?: string;
  readonly availability: readonly { readonly topic: string }[];
  readonly availability_mode: string;
  readonly device: { readonly identifiers: readonly string[] };
}

/** A client that remembers what each topic said, as Home Assistant does. */
class HomeAssistant {
  readonly messages: { readonly topic: string; readonly text: string; readonly retained: boolean }[] = [];

  private constructor(private readonly client: MqttClient) {
    client.on('message', (topic, payload, { retain }) =>
      this.messages.push({ topic, text: payload.toString(), retained: retain }),
    );
  }

  static async connect(port: number): Promise<HomeAssistant> {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`);
    const assistant = new HomeAssistant(client);
    await client.subscribeAsync(['homeassistant/#', `${BASE}/#`], { qos: 1 });
    return assistant;
  }

  all(topic: string): string[] {
    return this.messages.filter((message) => message.topic === topic).map(({ text }) => text);
  }

  latest(topic: string): string | undefined {
    return this.all(topic).at(-1);
  }

  /** What was announced, by component and name. */
  get discovered(): Map<string, Discovery> {
    const found = new Map<string, Discovery>();
    for (const { topic, text } of this.messages) {
      // https://www.home-assistant.io/integrations/mqtt/#discovery-topic
      const [, component] = /^homeassistant\/([a-z_]+)\/[\w-]+\/[\w-]+\/config$/.exec(topic) ?? [];
      if (topic.startsWith('homeassistant/')) assert.ok(component, topic);
      if (component === undefined) continue;
      const discovery = JSON.parse(text) as Discovery;
      found.set(`${component} ${discovery.name}`, discovery);
    }
    return found;
  }

  /** "unavailable", or the state of an entity as Home Assistant would show it. */
  stateOf(entity: string): string | undefined {
    const config = this.discovered.get(entity);
    assert.ok(config, `${entity} was not announced`);
    assert.equal(config.availability_mode, 'all');
    if (config.availability.some(({ topic }) => this.latest(topic) !== 'online')) return 'unavailable';
    const state = this.latest(config.state_topic);
    if (state === undefined || config.value_template === undefined) return state;
    const [, field] = /^\{\{ value_json\.(\w+) \}\}$/.exec(config.value_template) ?? [];
    return String((JSON.parse(state) as Record<string, unknown>)[field!]);
  }

  async until(condition: () => boolean, withinMs = 200_000): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (!condition()) {
      assert.ok(
        Date.now() < deadline,
        `Not within ${withinMs} ms: ${condition.toString()}\n${this.transcript()}`,
      );
      await delay(50);
    }
  }

  private transcript(): string {
    return this.messages.map(({ topic, text }) => `${topic} ${text.slice(0, 100)}`).join('\n');
  }

  async end(): Promise<void> {
    await this.client.endAsync();
  }
}

describe('example flow: door camera to Home Assistant', function () {
  this.timeout(START_MS);
  const folder = testFolder();
  const clip = join(folder.path, 'door.mjpeg');
  const ANNA = 'binary_sensor Anna';
  const LAST_SEEN = 'sensor Last seen';
  let broker: Aedes;
  let server: Server;
  let port: number;
  let nodeRed: NodeRed | undefined;
  let assistant: HomeAssistant;

  const press = async (button: string): Promise<void> => {
    const { ok } = await fetch(`${nodeRed!.url}/inject/${button}`, { method: 'POST' });
    assert.ok(ok, button);
  };

  before(async () => {
    ensureBuilt();
    const people = await writeSamples(join(folder.path, 'samples'));
    await writeScene(clip, ANNA_AT_THE_DOOR, { person: 25, nobody: 5 });
    const aedes = await import('aedes');
    broker = await aedes.Aedes.createBroker();
    server = createServer(broker.handle);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
    assistant = await HomeAssistant.connect(port);
    const flow = exampleFlow(
      'door-camera-mqtt',
      { PEOPLE: people.people, BASE },
      {
        'dm-runtime': { provider: 'cpu' },
        'dm-broker': { broker: '127.0.0.1', port: String(port) },
        'dm-camera': { kind: 'file', path: clip, pace: 'flow' },
      },
    );
    nodeRed = await startNodeRed(flow);
  });

  after(async () => {
    await nodeRed?.stop();
    await assistant.end();
    await new Promise<void>((resolve) => broker.close(resolve));
    server.close();
    folder.remove();
  });

  it('announces the sensor and a presence sensor for each person, unavailable without a camera', async () => {
    await assistant.until(() => assistant.discovered.has(LAST_SEEN));
    await press('dm-enrol');
    while (assistant.discovered.size < 5) {
      await press('dm-announce');
      await delay(500);
    }
    const { discovered } = assistant;
    assert.deepEqual([...discovered.keys()].sort(), [
      ANNA,
      'binary_sensor Maria',
      'binary_sensor Zoë',
      'binary_sensor 李娜',
      LAST_SEEN,
    ]);
    const configs = [...discovered.values()];
    assert.equal(new Set(configs.map(({ unique_id: id }) => id)).size, 5);
    assert.equal(new Set(configs.map(({ device }) => device.identifiers.join())).size, 1);
    assert.equal(discovered.get(ANNA)?.device_class, 'presence');
    assert.equal(assistant.latest(`${BASE}/online`), 'online');
    assert.equal(assistant.latest(discovered.get(ANNA)!.state_topic), 'OFF');
    assert.equal(assistant.stateOf(ANNA), 'unavailable');
  });

  it('says that Anna is there while the clip plays, and that she left', async () => {
    const { state_topic: anna } = assistant.discovered.get(ANNA)!;
    await press('dm-start');
    await assistant.until(
      () => assistant.latest(anna) === 'ON' && assistant.latest(`${BASE}/camera`) === 'online',
    );
    await assistant.until(() => assistant.latest(`${BASE}/last_seen`) !== undefined);
    await assistant.until(() => assistant.latest(anna) === 'OFF');
    await assistant.until(() => assistant.latest(`${BASE}/camera`) === 'offline');
    assert.deepEqual(assistant.all(`${BASE}/camera`).slice(-2), ['online', 'offline']);
    const lastSeen = JSON.parse(assistant.latest(`${BASE}/last_seen`)!) as Record<string, unknown>;
    assert.deepEqual([lastSeen['name'], lastSeen['known']], ['Anna', true]);
    assert.ok(Number(lastSeen['similarity']) > 0.5 && Date.parse(String(lastSeen['time'])) > 0);
    for (const person of ['Maria', 'Zoë', '李娜']) {
      const { state_topic: topic } = assistant.discovered.get(`binary_sensor ${person}`)!;
      assert.ok(!assistant.all(topic).includes('ON'), person);
    }
  });

  it('leaves everything on the broker for a Home Assistant that starts later', async () => {
    const late = await HomeAssistant.connect(port);
    await late.until(() => late.messages.length >= 5 + 4 + 3);
    assert.ok(late.messages.every(({ retained }) => retained));
    assert.equal(late.discovered.size, 5);
    assert.equal(late.latest(`${BASE}/online`), 'online');
    await late.end();
  });

  it('makes everything unavailable when Node-RED stops', async () => {
    await nodeRed!.stop();
    nodeRed = undefined;
    await assistant.until(() => assistant.latest(`${BASE}/online`) === 'offline');
    assert.equal(assistant.stateOf(LAST_SEEN), 'unavailable');
  });
});
