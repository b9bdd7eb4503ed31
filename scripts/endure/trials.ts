import { deploys } from './deploys';
import { stops } from './stops';
import type { Trial } from './trial';

export const TRIALS: readonly Trial[] = [deploys, stops];
