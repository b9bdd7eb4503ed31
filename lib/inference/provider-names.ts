/** The execution providers that may be asked for, by the names that ONNX Runtime gives them. */
export const PROVIDERS = ['auto', 'cpu', 'cuda', 'tensorrt', 'webgpu', 'dml', 'coreml'] as const;
export type ProviderChoice = (typeof PROVIDERS)[number];
export type Provider = Exclude<ProviderChoice, 'auto'>;
