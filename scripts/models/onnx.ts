/**
 * Reads and writes ONNX files as plain graphs: nodes in running order, named constants, float32 inputs and outputs.
 * The schema is the part of onnx.proto (https://github.com/onnx/onnx) that the face networks use; a file that holds
 * more is refused, so nothing is lost in silence. Names of nodes and notes for people are not kept.
 */
import protobuf from 'protobufjs';

/** Operator set and file format that are written: understood by every execution provider of ONNX Runtime 1.13 on. */
const OPSET = 13;
const IR_VERSION = 7;
const PRODUCER = 'arcflow';

const SCHEMA = `
syntax = "proto2";
message ModelProto {
  optional int64 ir_version = 1;
  optional string producer_name = 2;
  optional string producer_version = 3;
  repeated OperatorSetIdProto opset_import = 8;
  optional GraphProto graph = 7;
}
message OperatorSetIdProto {
  optional string domain = 1;
  optional int64 version = 2;
}
message GraphProto {
  repeated NodeProto node = 1;
  optional string name = 2;
  repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11;
  repeated ValueInfoProto output = 12;
}
message NodeProto {
  repeated string input = 1;
  repeated string output = 2;
  optional string name = 3;
  optional string op_type = 4;
  repeated AttributeProto attribute = 5;
  optional string doc_string = 6;
}
message AttributeProto {
  optional string name = 1;
  optional int64 i = 3;
  repeated int64 ints = 8;
  optional int32 type = 20;
}
message TensorProto {
  repeated int64 dims = 1;
  optional int32 data_type = 2;
  optional string name = 8;
  optional bytes raw_data = 9;
}
message ValueInfoProto {
  optional string name = 1;
  optional TypeProto type = 2;
}
message TypeProto {
  message Tensor {
    optional int32 elem_type = 1;
    optional TensorShapeProto shape = 2;
  }
  optional Tensor tensor_type = 1;
}
message TensorShapeProto {
  message Dimension {
    oneof value {
      int64 dim_value = 1;
      string dim_param = 2;
    }
  }
  repeated Dimension dim = 1;
}`;

const ModelProto = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('ModelProto');

/** AttributeProto.AttributeType and TensorProto.DataType. */
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;
const FLOAT = 1;
const INT64 = 7;

/** A decoded file, as ModelProto.toObject gives it (64-bit integers as numbers, absent lists as empty ones). */
interface DecodedModel {
  readonly graph?: {
    readonly name?: string;
    readonly node: readonly DecodedNode[];
    readonly initializer: readonly DecodedTensor[];
    readonly input: readonly DecodedValue[];
    readonly output: readonly DecodedValue[];
  };
}
interface DecodedNode {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly op_type?: string;
  readonly attribute: readonly {
    readonly name?: string;
    readonly type?: number;
    readonly i?: number;
    readonly ints: readonly number[];
  }[];
}
interface DecodedTensor {
  readonly name?: string;
  readonly dims: readonly number[];
  readonly data_type?: number;
  readonly raw_data?: Uint8Array;
}
interface DecodedValue {
  readonly name?: string;
  readonly type?: {
    readonly tensor_type?: {
      readonly elem_type?: number;
      readonly shape?: { readonly dim: readonly { dim_value?: number; dim_param?: string }[] };
    };
  };
}

/** A constant, row-major: weights in float32; shapes in int64. */
export interface Constant {
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export type Attribute = number | readonly number[];

export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  /** Integers and lists of integers. */
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** A float32 input or output; a named dimension is free. */
export interface Value {
  readonly name: string;
  readonly dims: readonly (number | string)[];
}

export interface Graph {
  readonly name: string;
  readonly input: Value;
  readonly output: Value;
  /** In running order. */
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<string, Constant>;
}

function readAttributes({ attribute }: DecodedNode): Record<string, Attribute> {
  return Object.fromEntries(
    attribute.map(({ name = '', type, i = 0, ints }) => {
      if (type !== ATTRIBUTE_INT && type !== ATTRIBUTE_INTS) {
        throw new Error(`ONNX attribute ${name} is neither an integer nor a list of integers`);
      }
      return [name, type === ATTRIBUTE_INT ? i : ints];
    }),
  );
}

function readNode(node: DecodedNode): Node {
  const { op_type: op = '', input, output } = node;
  const [only, ...more] = output;
  if (only === undefined || more.length > 0) throw new Error(`Expected one output of ONNX operator ${op}`);
  return { op, inputs: input, output: only, attributes: readAttributes(node) };
}

function readConstant({
  name = '',
  dims,
  data_type: type,
  raw_data: raw,
}: DecodedTensor): [string, Constant] {
  if (raw === undefined || (type !== FLOAT && type !== INT64)) {
    throw new Error(`ONNX constant ${name} is neither raw float32 nor raw int64 data`);
  }
  // A copy, because a typed array must start at a multiple of its element size.
  const bytes = Uint8Array.from(raw).buffer;
  return [name, { dims, data: type === FLOAT ? new Float32Array(bytes) : new BigInt64Array(bytes) }];
}

function readValue([value, ...more]: readonly DecodedValue[], what: string): Value {
  const tensor = value?.type?.tensor_type;
  if (value?.name === undefined || tensor?.elem_type !== FLOAT || more.length > 0) {
    throw new Error(`Expected one float32 ${what} of the ONNX graph`);
  }
  return {
    name: value.name,
    dims: (tensor.shape?.dim ?? []).map(({ dim_value: size, dim_param: free = '?' }) => size ?? free),
  };
}

/**
 * @param bytes a whole .onnx file with one float32 input and output
 * @throws Error when the file holds something that this reader does not know
 */
export function readOnnx(bytes: Uint8Array): Graph {
  const message = ModelProto.decode(bytes);
  if (ModelProto.encode(message).finish().length !== bytes.length) {
    throw new Error('The ONNX file holds fields that the converter does not know');
  }
  const { graph } = ModelProto.toObject(message, { longs: Number, arrays: true }) as DecodedModel;
  if (graph === undefined) throw new Error('The ONNX file holds no graph');
  return {
    name: graph.name ?? '',
    input: readValue(graph.input, 'input'),
    output: readValue(graph.output, 'output'),
    nodes: graph.node.map(readNode),
    constants: new Map(graph.initializer.map(readConstant)),
  };
}

function writeNode({ op, inputs, output, attributes = {} }: Node): object {
  return {
    input: inputs,
    output: [output],
    name: output,
    op_type: op,
    attribute: Object.entries(attributes).map(([name, value]) =>
      typeof value === 'number'
        ? { name, i: value, type: ATTRIBUTE_INT }
        : { name, ints: value, type: ATTRIBUTE_INTS },
    ),
  };
}

function writeConstant([name, { dims, data }]: readonly [string, Constant]): object {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, dims, data_type: data instanceof Float32Array ? FLOAT : INT64, raw_data: raw };
}

function writeValue({ name, dims }: Value): object {
  const dim = dims.map((size) => (typeof size === 'number' ? { dim_value: size } : { dim_param: size }));
  return { name, type: { tensor_type: { elem_type: FLOAT, shape: { dim } } } };
}

/** The graph as an .onnx file: the same bytes for the same graph on every machine. */
export function writeOnnx({ name, input, output, nodes, constants }: Graph): Uint8Array {
  const model = {
    ir_version: IR_VERSION,
    producer_name: PRODUCER,
    opset_import: [{ domain: '', version: OPSET }],
    graph: {
      name,
      node: nodes.map(writeNode),
      initializer: [...constants].map(writeConstant),
      input: [writeValue(input)],
      output: [writeValue(output)],
    },
  };
  return ModelProto.encode(ModelProto.fromObject(model)).finish();
}
