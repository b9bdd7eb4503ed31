/** Recognises PReLU in TensorFlow Lite files, which have no operator for it and spell it out. */
import type { OperatorName, TfliteModel, TfliteOperator } from './tflite';

export interface SpelledPrelu {
  /** Index of the input tensor. */
  readonly input: number;
  /** One for each channel. */
  readonly slope: Float32Array;
}

/**
 * relu(x) + slope · min(x, 0), where the files spell the second part
 * −relu(−x) · slope (MTCNN) or (x − |x|) · (slope / 2) (MobileFaceNet).
 * @param sum the ADD that ends the spelling
 * @returns undefined for any other addition
 */
export function matchPrelu(model: TfliteModel, sum: TfliteOperator): SpelledPrelu | undefined {
  const positive = producedBy(model, sum.inputs[0], 'RELU');
  const scaled = producedBy(model, sum.inputs[1], 'MUL');
  const negative = matchNegativePart(model, scaled?.inputs[1]);
  const factors = model.tensors[scaled?.inputs[0] ?? -1]?.data;
  if (negative === undefined || factors === undefined || positive?.inputs[0] !== negative.input)
    return undefined;
  return { input: negative.input, slope: factors.map((factor) => factor * negative.factor) };
}

/** factor · min(x, 0) */
function matchNegativePart(
  model: TfliteModel,
  tensor: number | undefined,
): { readonly input: number; readonly factor: number } | undefined {
  const cut = producedBy(model, producedBy(model, tensor, 'NEG')?.inputs[0], 'RELU');
  const mirrored = producedBy(model, cut?.inputs[0], 'NEG')?.inputs[0];
  if (mirrored !== undefined) return { input: mirrored, factor: 1 };

  const [input, absolute] = producedBy(model, tensor, 'SUB')?.inputs ?? [];
  const isAbsolute = input !== undefined && producedBy(model, absolute, 'ABS')?.inputs[0] === input;
  return isAbsolute ? { input, factor: 2 } : undefined;
}

/** The operator that computes a tensor, if it is one of this name. */
export function producedBy(
  { operators }: TfliteModel,
  tensor: number | undefined,
  name: OperatorName,
): TfliteOperator | undefined {
  return operators.find((operator) => operator.output === tensor && operator.name === name);
}
