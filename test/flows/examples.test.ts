/** Every example flow can be imported: it is whole, it explains itself, and a real Node-RED starts it without a complaint. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { ensureBuilt } from '../support/built';
import { read } from '../support/node-folder';
import { startNodeRed } from '../support/node-red';

interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly z?: string;
  readonly info?: string;
  readonly wires?: readonly (readonly string[])[];
  readonly [property: string]: unknown;
}

/** Building, and starting Node-RED on a small busy machine. */
const START_MS = 600_000;
const files = readdirSync('examples/flows').filter((file) => file.endsWith('.json'));
const flowOf = (file: string): FlowNode[] => JSON.parse(read('examples', 'flows', file)) as FlowNode[];

describe('example flows', function () {
  this.timeout(START_MS);

  for (const file of files) {
    it(`${file} is whole and has a comment that explains it`, () => {
      const nodes = flowOf(file);
      const ids = nodes.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length);
      const [tab, ...others] = nodes.filter(({ type }) => type === 'tab');
      assert.ok(tab && others.length === 0, 'one tab');
      const comments = nodes.filter(({ type }) => type === 'comment');
      assert.equal(comments.length, 1);
      assert.ok(comments[0]!.info!.length > 200);
      for (const { id, z, wires = [], runtime, store, watch, broker, type } of nodes) {
        assert.ok(z === undefined || z === tab.id, id);
        const named = [runtime, store, watch, type === 'mqtt out' ? broker : ''].filter((value) => value);
        for (const target of [...wires.flat(), ...named])
          assert.ok(ids.includes(String(target)), `${id} names ${String(target)}, which is not there`);
      }
    });
  }

  it('start together in a real Node-RED, without an error or a missing node type', async () => {
    ensureBuilt();
    const nodeRed = await startNodeRed(files.flatMap(flowOf));
    try {
      const response = await fetch(`${nodeRed.url}/flows`);
      const running = (await response.json()) as FlowNode[];
      assert.equal(running.length, files.flatMap(flowOf).length);
      assert.doesNotMatch(nodeRed.log(), /\[error\]|missing/i);
    } finally {
      await nodeRed.stop();
    }
  });
});
