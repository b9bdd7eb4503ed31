/** The worker thread of an engine. */
import { serve, threadOptions } from '../worker/serve';
import { Networks } from './networks';
import { Operations } from './operations';
import { countFrames } from './shared-frames';
import type { ThreadOptions } from './protocol';

const networks = new Networks(threadOptions() as ThreadOptions);

serve(new Operations(networks), { received: countFrames, close: () => networks.close() });
