/** The player's end of the conversation with the main thread: takes jobs one at a time, answers with frames. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../core/errors';
import type { DecodedFrame } from '../decoder/frame-assembler';
import { Player } from './player';
import type { FromPlayer, Outcome, PlayerSettings, PlayJob, ToPlayer } from './player-messages';

export interface StreamContext {
  readonly settings: PlayerSettings;
  readonly allocate: (bytes: number) => Uint8Array;
  readonly onProcess: (pid: number | undefined) => void;
  readonly signal: AbortSignal;
}

type OpenStream<From> = (from: From, context: StreamContext) => AsyncIterable<DecodedFrame>;

/** Runs a player in this worker thread until the main thread closes it. */
export function servePlayer<From>(openStream: OpenStream<From>): void {
  const port = parentPort;
  if (!port) throw new Error('The player runs in a worker thread only');
  const settings = workerData as PlayerSettings;
  const post = (message: FromPlayer): void => port.postMessage(message);
  const player = new Player(settings.label, (width, height) => post({ type: 'playing', width, height }));
  const report = (): void => post({ type: 'statistics', statistics: player.statistics() });
  const reports = setInterval(report, settings.statisticsEveryMs);
  let controller = new AbortController();
  let over = Promise.resolve();

  async function play(job: PlayJob<From>, signal: AbortSignal): Promise<void> {
    const before = player.received;
    const onProcess = (pid: number | undefined): void => post({ type: 'process', pid });
    let error: string | undefined;
    try {
      const stream = openStream(job.from, { settings, allocate: player.allocate, onProcess, signal });
      await player.play(stream, job, signal);
    } catch (thrown) {
      error = messageOf(thrown);
    }
    const outcome: Outcome = { frames: player.received - before, ...(error !== undefined && { error }) };
    post({ type: 'over', outcome });
  }

  async function close(): Promise<void> {
    controller.abort();
    await over;
    clearInterval(reports);
    report();
    port!.close();
  }

  // An order that cannot be read is a fault: it ends this thread, and the main thread starts another.
  port.on('messageerror', (error) => {
    throw error;
  });
  port.on('message', (message: ToPlayer<From>) => {
    switch (message.type) {
      case 'play':
        controller = new AbortController();
        over = play(message.job, controller.signal);
        break;
      case 'abort':
        controller.abort();
        break;
      case 'take':
        player.take((frame) => post({ type: 'frame', frame }));
        break;
      case 'pause':
        player.pause();
        break;
      case 'resume':
        player.resume();
        break;
      case 'snapshot':
        player.snapshot((frame) => post({ type: 'snapshot', id: message.id, frame }));
        break;
      case 'close':
        void close();
    }
  });
}
