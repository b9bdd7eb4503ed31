/** The recipes that models/manifest.json names under "convert": source file → ONNX file. */
import type { ModelEntry } from '../../lib/models/manifest';
import { refuseSharedWeights } from './graph';
import { joinLinearChains } from './linear-chains';
import { convertOnnxEmbedder, convertTfliteEmbedder } from './mobilefacenet';
import { convertMtcnn } from './mtcnn';
import { readOnnx, writeOnnx, type Graph } from './onnx';
import { rewritePrelu, type PreluForm } from './prelu';
import { readTflite } from './tflite';

type Recipe = (source: Uint8Array, model: ModelEntry) => Graph;

/** The recipe of a network that is used byte for byte as its package holds it. */
const AS_PUBLISHED = 'as-published';

const RECIPES: Readonly<Record<string, Recipe>> = {
  'mtcnn-tflite': (source, { id, task, input }) =>
    convertMtcnn(readTflite(source), id, task === 'detect-proposal' ? undefined : input.width),
  'mobilefacenet-tflite': (source, { id }) => convertTfliteEmbedder(readTflite(source), id),
  'mobilefacenet-onnx': (source, { id }) => convertOnnxEmbedder(readOnnx(source), id),
};

/**
 * The ONNX file of a model: the same bytes for the same source on every machine.
 * @throws Error that says what of the source is not understood, or that the recipe is unknown
 */
export function convertModel(source: Uint8Array, model: ModelEntry, prelu: PreluForm): Uint8Array {
  if (model.convert === AS_PUBLISHED) return source;
  const recipe = RECIPES[model.convert ?? ''];
  if (recipe === undefined)
    throw new Error(`Model ${model.id} names the unknown recipe ${String(model.convert)}`);
  const graph = recipe(source, model);
  refuseSharedWeights(graph);
  return writeOnnx(rewritePrelu(joinLinearChains(graph), prelu));
}
