/** Questions about a graph and small changes to it, shared by the passes. A pass never changes the graph it is given. */
import type { Constant, Graph, Node } from './onnx';

export type Constants = Map<string, Constant>;
export type Weights = Constant & { readonly data: Float32Array };

/** The float32 constant of a name. */
export function weights(constants: ReadonlyMap<string, Constant>, name: string | undefined): Weights {
  const constant = name === undefined ? undefined : constants.get(name);
  if (!(constant?.data instanceof Float32Array)) {
    throw new Error(`Expected float32 weights in ${name ?? 'an absent input'}`);
  }
  return { dims: constant.dims, data: constant.data };
}

/** The node that computes a value, if one does. */
export function producer({ nodes }: Pick<Graph, 'nodes'>, value: string | undefined): Node | undefined {
  return nodes.find(({ output }) => output === value);
}

/** The nodes that read a value. */
export function consumers({ nodes }: Pick<Graph, 'nodes'>, value: string): Node[] {
  return nodes.filter(({ inputs }) => inputs.includes(value));
}

/** The only node that reads a value; undefined where several do or none, and for the graph's output. */
export function onlyConsumer(graph: Graph, value: string): Node | undefined {
  const [first, ...more] = consumers(graph, value);
  return more.length === 0 && value !== graph.output.name ? first : undefined;
}

/** @throws Error when two nodes read the same constant: the passes change a node's weights as its own */
export function refuseSharedWeights({ nodes, constants }: Graph): void {
  const seen = new Set<string>();
  for (const name of nodes.flatMap(({ inputs }) => inputs)) {
    if (!constants.has(name)) continue;
    if (seen.has(name)) throw new Error(`Two operators share the weights ${name}, which is not supported`);
    seen.add(name);
  }
}

/** True for nodes that compute weights · input + bias, with the output channels first in the weights. */
export function isLinear(node: Node | undefined): node is Node {
  return (node?.op === 'Conv' || node?.op === 'Gemm') && node.inputs.length === 3;
}

/** A convolution that is a matrix over the channels of each pixel. */
export function isPointwise(node: Node, { constants }: Graph): boolean {
  if (node.op !== 'Conv' || !isLinear(node)) return false;
  const { strides = [1, 1], group = 1, pads = [0, 0, 0, 0] } = node.attributes ?? {};
  const [, , height, width] = weights(constants, node.inputs[1]).dims;
  const plain = [strides, pads].flat();
  return height === 1 && width === 1 && group === 1 && plain.join() === '1,1,0,0,0,0';
}

/** The graph with each node replaced by what `rewrite` makes of it; `rewrite` may set constants. */
export function rewriteNodes(
  graph: Graph,
  rewrite: (node: Node, constants: Constants) => readonly Node[],
): Graph {
  const constants = new Map(graph.constants);
  const nodes = graph.nodes.flatMap((node) => rewrite(node, constants));
  return withoutUnused({ ...graph, nodes, constants });
}

/** Drops constants that no node reads. */
export function withoutUnused(graph: Graph): Graph {
  const used = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  return { ...graph, constants: new Map([...graph.constants].filter(([name]) => used.has(name))) };
}

/** Multiplies what a linear node gives for each output channel, by changing its weights and bias. */
export function scaleOutput(node: Node, constants: Constants, factors: Float32Array): void {
  for (const name of node.inputs.slice(1)) {
    const { dims, data } = weights(constants, name);
    const each = data.length / factors.length;
    constants.set(name, { dims, data: data.map((value, at) => value * factors[Math.floor(at / each)]!) });
  }
}

/** Makes a linear node take the negative of its input, by changing its weights. */
export function negateInput({ inputs: [, name = ''] }: Node, constants: Constants): void {
  const { dims, data } = weights(constants, name);
  constants.set(name, { dims, data: data.map((value) => -value) });
}

/**
 * Weights [out, in, …] grown with zeros to more output and input channels.
 * @returns zeros for the new ones, the same numbers for the old ones
 */
export function growWeights({ dims, data }: Weights, out: number, into: number): Weights {
  const [rows = 0, columns = 0, ...kernel] = dims;
  const each = kernel.reduce((product, length) => product * length, 1);
  const grown = new Float32Array(out * into * each);
  for (let row = 0; row < rows; row++) {
    grown.set(data.subarray(row * columns * each, (row + 1) * columns * each), row * into * each);
  }
  return { dims: [out, into, ...kernel], data: grown };
}

/** A list of one number a channel, grown with zeros. */
export function growVector({ dims, data }: Weights, length: number): Weights {
  const grown = new Float32Array(length);
  grown.set(data);
  return { dims: [length, ...dims.slice(1)], data: grown };
}
