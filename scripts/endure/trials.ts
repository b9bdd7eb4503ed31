import { deploys } from './deploys';
import { inputs } from './inputs';
import { kills } from './kills';
import { stops } from './stops';
import type { Trial } from './trial';

export const TRIALS: readonly Trial[] = [deploys, stops, kills, inputs];
