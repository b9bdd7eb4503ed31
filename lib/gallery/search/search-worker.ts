/** The search thread: one index for each model. Whatever goes wrong in here ends it; search-engine.ts tells of it. */
import { parentPort } from 'node:worker_threads';
import type { Answer, Envelope, Reply, Request } from './protocol';
import { VectorIndex } from './vector-index';

const indexes = new Map<string, VectorIndex>();

/** An index that has been emptied may be filled with embeddings of another length. */
function indexFor(model: string, dimension: number): VectorIndex {
  const known = indexes.get(model);
  if (known?.dimension === dimension) return known;
  const index = new VectorIndex(dimension);
  indexes.set(model, index);
  return index;
}

function search(model: string, probes: readonly Float32Array[], k: number): Answer {
  const index = indexes.get(model);
  if (!index || index.size === 0) return { samples: 0, nearest: probes.map(() => []) };
  if (probes.some(({ length }) => length !== index.dimension)) return { dimension: index.dimension };
  return { samples: index.size, nearest: index.search(probes, k) };
}

function answer(request: Request): Answer {
  switch (request.type) {
    case 'search':
      return search(request.model, request.probes, request.k);
    case 'add':
      indexFor(request.model, request.dimension).add(request.rows);
      return null;
    case 'clear':
      indexes.delete(request.model);
      return null;
    case 'removeSample':
      for (const index of indexes.values()) index.removeSample(request.sampleId);
      return null;
    case 'removePerson':
      for (const index of indexes.values()) index.removePerson(request.personId);
      return null;
    case 'reassign':
      for (const index of indexes.values()) index.reassign(request.from, request.to);
      return null;
  }
}

parentPort?.on('message', ({ id, request }: Envelope) => {
  const reply: Reply = { id, answer: answer(request) };
  parentPort?.postMessage(reply);
});
