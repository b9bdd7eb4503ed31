/**
 * The index in a thread of its own, so that a search never stops the main thread. The thread starts with the first
 * request. When it dies, every request under way fails with ENGINE_CRASHED, its contents are gone, and the next
 * request starts a new, empty one: who filled it fills it again (`onLost`).
 */
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ArcFlowError, messageOf } from '../../errors';
import { otherDimension } from '../sample';
import type { Answer, Envelope, Found, Reply, Request } from './protocol';
import type { Rows } from './vector-index';

/** .ts under ts-node, .js in the package. */
const WORKER_FILE = join(__dirname, 'search-worker' + extname(__filename));

interface Pending {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export class SearchEngine {
  #worker: Worker | undefined;
  #closed = false;
  #nextId = 0;
  readonly #pending = new Map<number, Pending>();

  /** @param onLost called when the thread has died, with all that had been added to it. */
  constructor(readonly onLost: () => void = () => undefined) {}

  /** The rows' arrays are handed over: they are empty afterwards. */
  async add(model: string, dimension: number, rows: Rows): Promise<void> {
    const transfer = [rows.sampleIds, rows.personIds, rows.embeddings].map(
      ({ buffer }) => buffer as ArrayBuffer,
    );
    await this.#send({ type: 'add', model, dimension, rows }, transfer);
  }

  /** Carries out a request that has no answer, after those sent before it. */
  async tell(request: Exclude<Request, { type: 'add' | 'search' }>): Promise<void> {
    await this.#send(request);
  }

  /**
   * For each probe the k nearest people of a model, best first; nobody when nothing was added for the model.
   * @throws ArcFlowError MODEL_MISMATCH when the model's embeddings have another length than the probes.
   */
  async search(model: string, probes: readonly Float32Array[], k: number): Promise<Found> {
    // A probe may be a view of something larger, all of which would be copied to the thread.
    const answer = await this.#send({
      type: 'search',
      model,
      probes: probes.map((probe) => probe.slice()),
      k,
    });
    if (answer && 'dimension' in answer) {
      const { dimension } = answer;
      throw otherDimension(model, dimension, probes.find(({ length }) => length !== dimension)!.length);
    }
    return answer ?? { samples: 0, nearest: [] };
  }

  /** Ends the thread; requests under way fail with ENGINE_CLOSED. */
  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    this.#lose(new ArcFlowError('ENGINE_CLOSED', 'The gallery was closed before the search ended', 'closed'));
    await worker?.terminate();
  }

  #send(request: Request, transfer: ArrayBuffer[] = []): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new ArcFlowError('ENGINE_CLOSED', 'The gallery is closed', 'closed');
      this.#worker ??= this.#start();
      const envelope: Envelope = { id: this.#nextId++, request };
      this.#worker.postMessage(envelope, transfer);
      this.#pending.set(envelope.id, { resolve, reject });
    });
  }

  #start(): Worker {
    const worker = new Worker(WORKER_FILE);
    worker.on('message', ({ id, answer }: Reply) => {
      this.#pending.get(id)?.resolve(answer);
      this.#pending.delete(id);
    });
    let reason = 'its thread ended';
    worker.on('error', (error) => (reason = messageOf(error)));
    worker.on('exit', () => {
      if (worker !== this.#worker) return;
      this.#lose(
        new ArcFlowError(
          'ENGINE_CRASHED',
          `The gallery's search stopped (${reason}); the next one loads the gallery again`,
          'search crashed',
        ),
      );
      this.onLost();
    });
    return worker;
  }

  #lose(error: ArcFlowError): void {
    this.#worker = undefined;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
  }
}
