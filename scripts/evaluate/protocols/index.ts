/** All protocols, in the order in which the usage text lists them. */
import type { Protocol } from '../protocol';
import { agedb, bin } from './bin';
import { cfp } from './cfp';
import { detection } from './detection';
import { identification } from './identification';
import { lfw } from './lfw';
import { pairs } from './pairs';
import { people } from './people';
import { preprocess } from './preprocess';
import { video } from './video';

export const PROTOCOLS: readonly Protocol[] = [
  lfw,
  cfp,
  agedb,
  bin,
  pairs,
  people,
  identification,
  detection,
  preprocess,
  video,
];
