import { isAbsolute, join } from 'node:path';
import type { NodeDef } from 'node-red';
import { DEFAULT_TIME_LIMIT_S } from '../../lib/engine/engine';
import type { EngineOptions } from '../../lib/engine/protocol';
import { PROVIDERS } from '../../lib/inference/provider-names';
import { choiceField, numberField, textField } from '../shared/config';

export interface RuntimeDef extends NodeDef {
  readonly provider?: string;
  readonly threads?: string | number;
  readonly timeLimit?: string | number;
  readonly manifest?: string;
}

/** @param userDir Node-RED's user directory, which a relative manifest path starts from */
export function toConfig(def: RuntimeDef, userDir: string): EngineOptions {
  const manifest = textField(def.manifest, 'manifest');
  return {
    provider: choiceField(def.provider, 'provider', PROVIDERS, 'auto'),
    threads: numberField(def.threads, 'threads', 0, { min: 0, max: 64, integer: true }),
    timeLimit: numberField(def.timeLimit, 'timeLimit', DEFAULT_TIME_LIMIT_S, { min: 1, max: 3600 }),
    ...(manifest !== '' && { manifest: isAbsolute(manifest) ? manifest : join(userDir, manifest) }),
  };
}
