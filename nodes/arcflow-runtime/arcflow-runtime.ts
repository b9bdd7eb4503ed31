/** Configuration node: one engine (provider, threads, models) that many nodes share. */
import type { NodeAPI } from 'node-red';
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
    const parts: Pick<RuntimeNode, 'engine' | 'embedModels'> = {
      engine,
      embedModels: embedModels(readManifest(config.manifest)),
    };
    Object.assign(node, parts);
    return { close: () => engine.close() };
  });

  // The editor's list of models: the shipped ones, and those of the runtime's own manifest once it is deployed.
  registerEndpoint(RED, {
    method: 'get',
    path: '/arcflow/models',
    permission: 'read',
    answer({ query: { runtime: id } }) {
      const runtime = typeof id === 'string' ? (RED.nodes.getNode(id) as Partial<RuntimeNode> | null) : null;
      const models = runtime?.embedModels ?? embedModels(readManifest());
      return models.map(({ id, title, dimension }) => ({ id, title, dimension }));
    },
  });
};
