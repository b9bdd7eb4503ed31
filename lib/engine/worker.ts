/** The worker thread of an engine: the one place where native libraries are loaded, and that says so when one is missing. */
import { createRequire } from 'node:module';
import { ArcFlowError, messageOf } from '../core/errors';
import { serve, threadOptions } from '../worker/serve';
import type { Networks } from './networks';
import type { Operations } from './operations';
import { countFrames } from './shared-frames';
import type { ThreadOptions } from './protocol';

const load = createRequire(__filename);
let networks: Networks | undefined;

/** @throws ArcFlowError PROVIDER_UNAVAILABLE that names what cannot be loaded */
function open(): Operations {
  try {
    const { Networks } = load('./networks') as typeof import('./networks');
    const { Operations } = load('./operations') as typeof import('./operations');
    networks = new Networks(threadOptions() as ThreadOptions);
    return new Operations(networks);
  } catch (error) {
    throw missing(error);
  }
}

/** The first lines say what and why; what follows are stacks and advice on other platforms. */
function missing(error: unknown): ArcFlowError {
  const [reason = ''] = messageOf(error).split('\n');
  return new ArcFlowError(
    'PROVIDER_UNAVAILABLE',
    `A native library cannot be loaded on this machine: ${reason.replace(/\.$/, '')}. ` +
      'Install @arcflow/node-red-arcflow again with the Node.js and on the platform that it runs on.',
    'library missing',
    { cause: error },
  );
}

serve(open, { received: countFrames, close: () => networks?.close() });
