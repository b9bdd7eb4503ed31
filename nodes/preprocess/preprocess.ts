/** Makes pictures easier to recognise: an ordered list of steps over msg.frame, or over the faces in it. */
import type { NodeAPI } from 'node-red';
import { toFaces } from '../../lib/core/faces';
import type { Frame } from '../../lib/image/frame';
import { OPERATIONS } from '../../lib/preprocess/steps';
import { isRecord } from '../../lib/core/validate';
import { Refusal, registerEndpoint } from '../admin/endpoints';
import { forgetFrame, holdsNewPicture, imageOf, originOf } from '../shared/image';
import { registerNode } from '../shared/node';
import { runtimeOf } from '../shared/runtime';
import { showResult } from '../shared/status';
import { toConfig, type PreprocessDef } from './config';
import { Preview } from './preview';

export = (RED: NodeAPI): void => {
  /** What the edit dialog shows: the last frame that passed each node. In memory only, gone with the node. */
  const lastFrames = new Map<string, Frame>();
  const preview = new Preview();

  registerNode<PreprocessDef>(RED, 'face-preprocess', (node, def) => {
    const { runtime, target, steps } = toConfig(def);

    return {
      async input(message, send) {
        const { engine } = runtimeOf(RED, runtime);
        // The faces of an older picture are not those of this one.
        if (holdsNewPicture(message)) forgetFrame(message);
        const faces = message['faces'] === undefined ? undefined : toFaces(message['faces']);
        const image = imageOf(message);
        const started = performance.now();
        const frame = await engine.call('decode', image, originOf(message));
        lastFrames.set(node.id, frame);
        const result = await engine.call('preprocess', frame, {}, { steps, target, ...(faces && { faces }) });
        const milliseconds = Math.round(performance.now() - started);
        message['frame'] = result.frame;
        if (result.faces) message['faces'] = result.faces;
        message['preprocess'] = { target, milliseconds, steps: result.report };
        showResult(node, RED._('preprocess.status.done', { steps: result.report.length, milliseconds }));
        send(message);
      },
      async close() {
        lastFrames.delete(node.id);
        if (lastFrames.size === 0) await preview.close();
      },
    };
  });

  registerEndpoint(RED, {
    method: 'get',
    path: '/arcflow/preprocess/operations',
    permission: 'read',
    answer: () =>
      OPERATIONS.map(({ id, parameters, needsFaces = false }) => ({ id, parameters, needsFaces })),
  });

  // Changes nothing, and is a POST because of its size; but it shows what the camera saw last, and it computes.
  registerEndpoint(RED, {
    method: 'post',
    path: '/arcflow/preprocess/preview',
    permission: 'write',
    async answer({ body }) {
      const id = isRecord(body) && typeof body['node'] === 'string' ? body['node'] : '';
      const answer = await preview.answer(body, lastFrames.get(id));
      if (!answer) throw new Refusal(409, 'OVERTAKEN', 'A newer question took the place of this one');
      return answer;
    },
  });
};
