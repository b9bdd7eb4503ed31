/** Which execution provider runs the networks: tried one at a time, because ONNX Runtime refuses a whole list for one that is missing. */
import { ArcFlowError, messageOf } from '../core/errors';
import type { Provider, ProviderChoice } from './provider-names';

export interface ProviderAttempt {
  readonly provider: Provider;
  /** Why it does not run; absent for the one that does. */
  readonly reason?: string;
}

export interface ChosenProvider {
  readonly provider: Provider;
  readonly attempts: readonly ProviderAttempt[];
}

/** What to install for a provider, said when it was asked for by name and is missing. */
const REMEDIES: Record<Provider, string> = {
  cpu: 'Reinstall onnxruntime-node for this platform.',
  cuda: 'Install an NVIDIA driver, CUDA 12 and cuDNN 9, and reinstall onnxruntime-node with ONNXRUNTIME_NODE_INSTALL=cuda12 (Linux x64).',
  tensorrt:
    'Install CUDA, cuDNN and TensorRT, and reinstall onnxruntime-node with ONNXRUNTIME_NODE_INSTALL=cuda12 (Linux x64).',
  webgpu:
    'Install a Vulkan driver for the GPU (Debian, Raspberry Pi OS: libvulkan1 and mesa-vulkan-drivers).',
  dml: 'DirectML needs Windows 10 or later with a DirectX 12 GPU.',
  coreml: 'Core ML needs macOS.',
};

/** Fastest first; cpu is always last, so that auto always ends well. */
export function providersOf(
  choice: ProviderChoice,
  platform: NodeJS.Platform = process.platform,
): Provider[] {
  if (choice !== 'auto') return [choice];
  const gpu: Partial<Record<NodeJS.Platform, Provider[]>> = {
    linux: ['cuda', 'webgpu'],
    win32: ['dml', 'webgpu'],
    darwin: ['coreml', 'webgpu'],
  };
  return [...(gpu[platform] ?? []), 'cpu'];
}

/** Milliseconds that a small job takes on a provider; throws where it does not run. */
export type Trial = (provider: Provider) => Promise<number>;

/**
 * The provider to use. An explicit choice must run. `auto` takes the first that runs and is no slower than the
 * CPU: a Vulkan driver in software answers too, but a hundred times slower.
 * @throws ArcFlowError PROVIDER_UNAVAILABLE that says what to install.
 */
export async function chooseProvider(
  choice: ProviderChoice,
  trial: Trial,
  platform = process.platform,
): Promise<ChosenProvider> {
  const attempts: ProviderAttempt[] = [];
  let cpuMs: number | undefined;
  for (const provider of providersOf(choice, platform)) {
    try {
      const ms = await trial(provider);
      if (choice !== 'auto' || provider === 'cpu') return { provider, attempts: [...attempts, { provider }] };
      cpuMs ??= await trial('cpu');
      if (ms <= cpuMs) return { provider, attempts: [...attempts, { provider }] };
      attempts.push({ provider, reason: `runs, but ${(ms / cpuMs).toFixed(1)} times slower than cpu` });
    } catch (error) {
      attempts.push({ provider, reason: reasonOf(error) });
    }
  }
  const failed = attempts.at(-1)!;
  throw new ArcFlowError(
    'PROVIDER_UNAVAILABLE',
    `The execution provider ${failed.provider} is not available here: ${(failed.reason ?? '').replace(/\.$/, '')}. ${REMEDIES[failed.provider]}`,
    `no ${failed.provider}`,
  );
}

const LONGEST_REASON = 160;
/** What colours a terminal: ESC [ … m. */
const COLOUR_CODE = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** What ONNX Runtime puts before the reason: source file, function and the check that failed. */
const CHECK = /^.* was false\. /;

/** The reason alone: the message of the first cause, without source paths, colours and stacks. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const [line = ''] = messageOf(cause).replaceAll(COLOUR_CODE, '').trim().split('\n');
  const reason = line.replace(CHECK, '');
  return reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON)}…` : reason;
}
