/** How a source's state stands in the node's status and in the messages of its second output. */
import type { NodeStatus } from 'node-red';
import type { VideoState, VideoStatistics } from '../../lib/video/source/video-source';

const MS_PER_S = 1000;

type Appearance = Pick<NodeStatus, 'fill' | 'shape'>;

const APPEARANCES = {
  stopped: { fill: 'grey', shape: 'ring' },
  connecting: { fill: 'yellow', shape: 'ring' },
  connected: { fill: 'green', shape: 'dot' },
  paused: { fill: 'yellow', shape: 'dot' },
  lost: { fill: 'red', shape: 'ring' },
  ended: { fill: 'grey', shape: 'dot' },
} as const satisfies Record<VideoState['state'], Appearance>;

export interface Shown extends Appearance {
  /** Key below video-source.status, and its values. */
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** @param statistics the latest of the current connection */
export function shownState(state: VideoState, statistics?: VideoStatistics): Shown {
  const appearance = APPEARANCES[state.state];
  switch (state.state) {
    case 'connected': {
      const { width, height } = statistics ?? state;
      if (!statistics) return { ...appearance, key: 'connected', values: { width, height } };
      const { framesPerSecond: fps, dropped } = statistics;
      return {
        ...appearance,
        key: dropped > 0 ? 'dropping' : 'playing',
        values: { width, height, fps, dropped },
      };
    }
    case 'lost':
      return {
        ...appearance,
        key: 'lost',
        values: { seconds: Math.ceil(state.retryInMs / MS_PER_S), attempt: state.attempt },
      };
    default:
      return { ...appearance, key: state.state, values: {} };
  }
}

/** Plain data for flows: the reason as text, no error object. */
export function stateMessage(state: VideoState): Record<string, unknown> {
  return Object.fromEntries(Object.entries(state).filter(([name]) => name !== 'error'));
}

/** No frame comes any more. */
export function isOver({ state }: VideoState): boolean {
  return state === 'ended' || state === 'stopped';
}
