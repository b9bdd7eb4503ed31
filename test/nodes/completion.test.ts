/** Back-pressure: which nodes hold a source, and for how long. Hooks and clock are the test's. */
import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { mock } from 'node:test';
import { FlowCompletion } from '../../nodes/shared/completion';

type Handler = (event: object) => void;

interface Place {
  readonly id: string;
  readonly type: string;
  readonly _expectedDoneCount: number;
}

const place = (type: string, handlers = 1): Place => ({
  id: `a ${type}`,
  type,
  _expectedDoneCount: handlers,
});

describe('FlowCompletion', () => {
  const hooks = new Map<string, Handler>();
  const stalled: string[] = [];
  let completion: FlowCompletion;
  let ids = 0;
  const RED = {
    hooks: {
      add: (name: string, handler: Handler) => void hooks.set(name.split('.')[0]!, handler),
      remove: () => hooks.clear(),
    },
    util: { generateId: () => `message ${++ids}` },
  } as unknown as NodeAPI;

  const deliver = (_msgid: string, node: Place): void =>
    hooks.get('preDeliver')?.({ msg: { _msgid }, destination: { id: node.id, node } });
  const receive = (_msgid: string, node: Place): void =>
    hooks.get('postReceive')?.({ msg: { _msgid }, destination: { id: node.id, node } });
  const complete = (_msgid: string, node: Place): void =>
    hooks.get('onComplete')?.({ msg: { _msgid }, node: { id: node.id, node } });

  /** Sends a message to nodes; tells whether the flow is done with it. */
  function send(...nodes: Place[]): { readonly id: string; readonly done: () => Promise<boolean> } {
    let finished = false;
    let id = '';
    const sent = completion.send({}, ({ _msgid = '' }) => {
      id = _msgid;
      for (const node of nodes) deliver(_msgid, node);
    });
    void sent.then(() => (finished = true));
    const done = async (): Promise<boolean> => {
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
      return finished;
    };
    return { id, done };
  }

  beforeEach(() => {
    stalled.length = 0;
    mock.timers.enable({ apis: ['setInterval', 'Date'] });
    completion = new FlowCompletion(RED, 'source', (node) => stalled.push(node));
  });
  afterEach(() => {
    completion.close();
    mock.timers.reset();
  });

  it('waits for every node that was reached, also further on', async () => {
    const [detect, debug] = [place('mtcnn-detect'), place('debug')];
    const { id, done } = send(detect);
    assert.equal(await done(), false);
    deliver(id, debug);
    complete(id, detect);
    assert.equal(await done(), false);
    complete(id, debug);
    assert.equal(await done(), true);
  });

  it('is done at once where nothing is wired, or nodes of the old style', async () => {
    assert.equal(await send().done(), true);
    assert.equal(await send(place('old', 0)).done(), true);
  });

  for (const type of ['join', 'batch', 'sort', 'split'])
    it(`does not wait for a ${type} that has taken the message in`, async () => {
      const { id, done } = send(place(type));
      assert.equal(await done(), false);
      receive(id, place(type));
      assert.equal(await done(), true);
    });

  it('waits for what such a node sends on, and for slow nodes beside it', async () => {
    const [join, after, http] = [place('join'), place('function'), place('http request')];
    const { id, done } = send(join, http);
    deliver(id, after);
    complete(id, join);
    receive(id, join);
    assert.equal(await done(), false);
    complete(id, after);
    assert.equal(await done(), false);
    mock.timers.tick(59_000);
    assert.equal(await done(), false);
    complete(id, http);
    assert.equal(await done(), true);
    assert.deepEqual(stalled, []);
  });

  it('does not wait for a link call whose flow gathers', async () => {
    const { id, done } = send(place('link call'));
    assert.equal(await done(), false);
    deliver(id, place('join'));
    receive(id, place('join'));
    assert.equal(await done(), true);
  });

  it('goes on after a minute without a sign, and after a second at a node that still keeps that message', async () => {
    const keeper = place('contrib-wait');
    const first = send(keeper);
    mock.timers.tick(60_000);
    assert.equal(await first.done(), false);
    mock.timers.tick(1_000);
    assert.equal(await first.done(), true);
    const second = send(keeper);
    mock.timers.tick(2_000);
    assert.equal(await second.done(), true);
    assert.deepEqual(stalled, ['contrib-wait']);
    // Slow, not silent: from here on it is waited for as before.
    complete(first.id, keeper);
    const third = send(keeper);
    mock.timers.tick(30_000);
    assert.equal(await third.done(), false);
    complete(third.id, keeper);
    assert.equal(await third.done(), true);
  });

  it('leaves nobody waiting when it is closed, or when sending fails', async () => {
    const { done } = send(place('mtcnn-detect'));
    completion.close();
    assert.equal(await done(), true);
    await assert.rejects(
      completion.send({}, () => {
        throw new Error('cannot be copied');
      }),
      /cannot be copied/,
    );
  });
});
