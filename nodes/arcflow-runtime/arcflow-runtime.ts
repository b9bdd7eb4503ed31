/** Configuration node: one engine (provider, threads, models) that many nodes share. */
import type { NodeAPI } from 'node-red';
import { Engine } from '../../lib/engine/engine';
import { embedModels, readManifest } from '../../lib/models/manifest';
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

  // The editor's list of models: the shipped ones, and those of a runtime that has a manifest of its own.
  RED.httpAdmin.get('/arcflow/models', RED.auth.needsPermission('arcflow.read'), (_request, response) => {
    response.json(embedModels(readManifest()).map(({ id, title, dimension }) => ({ id, title, dimension })));
  });
};
