/** Settings of older flows: each step is taken once, in order, and what a newer package wrote is refused. */
import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { registerNode } from '../../nodes/shared/node';
import { migrate, MIGRATIONS, type MigrationStep } from '../../nodes/shared/migrate';
import { nodeFolders, registeredType } from '../support/node-folder';

interface Settings {
  readonly version?: unknown;
  readonly seconds?: number;
  readonly ms?: number;
  readonly kind?: string;
}

const STEPS: readonly MigrationStep[] = [
  { from: 0, to: 1, step: (settings) => settings },
  {
    from: 1,
    to: 2,
    step: (settings) => {
      const { seconds = 1, ...rest } = settings as Settings;
      return { ...rest, ms: seconds * 1000 };
    },
  },
  { from: 2, to: 3, step: (settings) => ({ kind: 'stream', ...settings }) },
];

describe('settings of older flows', () => {
  const climb = (settings: Settings) => migrate('test', settings, STEPS);

  it('take every step from their version on', () => {
    assert.deepEqual(climb({ seconds: 2 }), { version: 3, ms: 2000, kind: 'stream' });
    assert.deepEqual(climb({ version: 1, seconds: 2 }), { version: 3, ms: 2000, kind: 'stream' });
    assert.deepEqual(climb({ version: '2', ms: 5, kind: 'file' }), { version: 3, ms: 5, kind: 'file' });
    assert.deepEqual(climb({ version: 3, ms: 5 }), { version: 3, ms: 5 });
  });

  it('are left as they are in the flow', () => {
    const settings = Object.freeze({ seconds: 2 });
    climb(settings);
    assert.deepEqual(settings, { seconds: 2 });
  });

  it('are refused by name where a newer package has written them, or the version is none', () => {
    assert.throws(() => climb({ version: 4 }), {
      code: 'INVALID_ARGUMENT',
      status: 'newer version',
      message:
        'The settings of this test node were saved by a newer ArcFlow (version 4, this one reads up to 3): update ' +
        '@arcflow/node-red-arcflow',
    });
    for (const version of ['abc', -1, 0.5, true])
      assert.throws(() => climb({ version }), { code: 'INVALID_ARGUMENT' }, String(version));
  });

  it('have steps for every node type, without a gap', () => {
    assert.deepEqual(Object.keys(MIGRATIONS.STEPS).sort(), nodeFolders().map(registeredType).sort());
    for (const [type, steps] of Object.entries(MIGRATIONS.STEPS))
      steps.forEach(({ from, to }, index) => assert.deepEqual([from, to], [index, index + 1], type));
  });

  it('reach a node in their newest form, and a newer flow shows and says what is wrong', () => {
    const built: unknown[] = [];
    const { node, shown, errors } = fakeNode();
    const RED = {
      nodes: {
        createNode: () => undefined,
        registerType: (_type: string, construct: (this: unknown, def: object) => void) => {
          construct.call(node, { id: 'a' });
          construct.call(node, { id: 'b', version: 99 });
        },
      },
    };
    registerNode(RED as unknown as NodeAPI, 'face-annotate', (_node, def) => {
      built.push(def);
      return {};
    });
    assert.deepEqual(built, [{ id: 'a', version: 1 }]);
    assert.deepEqual(shown, ['newer version']);
    assert.match(errors[0]!, /saved by a newer ArcFlow \(version 99/);
  });
});

function fakeNode() {
  const shown: string[] = [];
  const errors: string[] = [];
  const node = {
    on: () => undefined,
    status: ({ text }: { text: string }) => shown.push(text),
    error: (message: string) => errors.push(message),
  };
  return { node, shown, errors };
}
