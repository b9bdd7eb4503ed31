/** Configuration node: one engine (provider, threads, models) that many nodes share. */
import type { NodeAPI } from 'node-red';
import { describeDetector } from '../../lib/detect/open';
import { Engine } from '../../lib/engine/engine';
import { embedModels, readManifest } from '../../lib/models/manifest';
import { registerEndpoint } from '../admin/endpoints';
import { registerNode } from '../shared/node';
import type { RuntimeNode } from '../shared/runtime';
import { toConfig, type RuntimeDef } from './config';

export = (RED: NodeAPI): void => {
  registerNode<RuntimeDef>(RED, 'arcflow-runtime', (node, def) => {
    const config = toConfig(def, RED.settings.userDir ?? process.cwd());
    const engine = new Engine(config);
    const manifest = readManifest(config.manifest);
    const parts: Pick<RuntimeNode, 'engine' | 'embedModels' | 'detectors'> = {
      engine,
      embedModels: embedModels(manifest),
      detectors: manifest.detectors.map(describeDetector),
    };
    Object.assign(node, parts);
    return { close: () => engine.close() };
  });

  // The editor's lists: what is shipped, and what the runtime's own manifest adds once it is deployed.
  const list = (path: string, answer: (runtime: Partial<RuntimeNode> | null) => readonly object[]): void =>
    registerEndpoint(RED, {
      method: 'get',
      path,
      permission: 'read',
      answer: ({ query: { runtime: id } }) =>
        answer(typeof id === 'string' ? (RED.nodes.getNode(id) as RuntimeNode | null) : null),
    });
  list('/arcflow/models', (runtime) =>
    (runtime?.embedModels ?? embedModels(readManifest())).map(({ id, title, dimension }) => ({
      id,
      title,
      dimension,
    })),
  );
  list(
    '/arcflow/detectors',
    (runtime) => runtime?.detectors ?? readManifest().detectors.map(describeDetector),
  );
};
