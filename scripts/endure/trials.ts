import { damage } from './damage';
import { deploys } from './deploys';
import { inputs } from './inputs';
import { kills } from './kills';
import { reconnects } from './reconnects';
import { soak } from './soak';
import { stops } from './stops';
import type { Trial } from './trial';

export const TRIALS: readonly Trial[] = [deploys, stops, kills, inputs, damage, reconnects, soak];
