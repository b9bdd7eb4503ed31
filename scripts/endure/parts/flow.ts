/**
 * The flow that the trials play: a clip through all nodes, and people from a folder into the gallery, again and again.
 * What arrives at its ends is reported by gates.
 */
import type { Random } from '../../shared/random';
import type { Material } from './clip';

export const GATES = { frames: 'frames', events: 'events', enrolled: 'enrolled', errors: 'errors' } as const;

type Definition = Readonly<Record<string, unknown>> & { readonly id: string };

const TAB = 'tab';
const SHARED = { runtime: 'runtime', store: 'store' };
const EVERY_S = '5';

/** All of it; its folder is looked through once a deploy and every five seconds. */
export function wholeFlow({ clip, people }: Pick<Material, 'clip' | 'people'>): Definition[] {
  return [
    { id: TAB, type: 'tab', label: 'Endurance' },
    { id: 'runtime', type: 'arcflow-runtime', provider: 'cpu', threads: 0 },
    { id: 'store', type: 'arcflow-store' },
    node('clip', 'face-video-source', [['preprocess'], []], {
      kind: 'file',
      path: clip,
      loop: true,
      start: 'deploy',
    }),
    node('preprocess', 'face-preprocess', [['detect']]),
    node('detect', 'mtcnn-detect', [['embed']]),
    node('embed', 'arcface-embed', [['match']]),
    node('match', 'face-gallery', [['follow']], { operation: 'match' }),
    node('follow', 'face-events', [[GATES.events], ['annotate']]),
    node('annotate', 'face-annotate', [[GATES.frames]]),
    node('again', 'inject', [['folder']], { props: [], repeat: EVERY_S, once: true, onceDelay: 0.1 }),
    node('folder', 'face-folder-source', [['find'], []], { folder: people, persons: true }),
    node('find', 'mtcnn-detect', [['describe']]),
    node('describe', 'arcface-embed', [['enrol']]),
    node('enrol', 'face-gallery', [[GATES.enrolled]], { operation: 'enrol' }),
    node('catch', 'catch', [[GATES.errors]], { scope: null }),
    ...Object.values(GATES).map((id) => node(id, 'endure-gate', [])),
  ];
}

/** Nothing of ArcFlow lives in it: what a process holds then is what has been left over. */
export const EMPTY_FLOW: readonly Definition[] = [{ id: TAB, type: 'tab', label: 'Nothing' }];

/** Nodes that a deploy of type `nodes` may start anew, the shared ones among them. */
const CHANGEABLE = [
  'clip',
  'preprocess',
  'detect',
  'embed',
  'match',
  'follow',
  'annotate',
  'folder',
  'enrol',
];

/** The flow with one of its nodes changed, so that a deploy has something to do. */
export function changed(flow: readonly Definition[], random: Random, version: number): Definition[] {
  const names = [...CHANGEABLE, 'runtime', 'store'];
  const id = names[Math.floor(random() * names.length)];
  return flow.map((each) => (each.id === id ? { ...each, name: `version ${version}` } : each));
}

export function node(
  id: string,
  type: string,
  wires: readonly (readonly string[])[],
  settings: Readonly<Record<string, unknown>> = {},
): Definition {
  return { id, type, z: TAB, x: 100, y: 100, ...SHARED, ...settings, wires };
}
