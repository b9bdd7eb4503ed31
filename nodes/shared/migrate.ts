/** The settings of a node as today's code reads them, from whichever version of the package they were saved by. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ArcFlowError } from '../../lib/core/errors';
import { packageRoot } from '../../lib/core/package-root';
import { numberField } from './config';

export interface MigrationStep {
  readonly from: number;
  readonly to: number;
  readonly step: (settings: object) => object;
}

interface Migrations {
  /** By node type, in the order of their versions. */
  readonly STEPS: Readonly<Record<string, readonly MigrationStep[]>>;
  newestOf(steps: readonly MigrationStep[]): number;
  climb<T extends object>(steps: readonly MigrationStep[], settings: T, version: number): T;
}

/** One file for runtime and editor, which has no modules of ours: it lies among what Node-RED serves to the browser. */
export const MIGRATIONS = createRequire(__filename)(
  join(packageRoot(), 'resources', 'migrations.js'),
) as Migrations;

/**
 * @param settings of a node as its flow has them; without a version they are from before there was one
 * @throws ArcFlowError INVALID_ARGUMENT for a version that is none, or that a newer package has written
 */
export function migrate<T extends object>(
  type: string,
  settings: T,
  steps: readonly MigrationStep[] = MIGRATIONS.STEPS[type]!,
): T {
  const { version: saved } = settings as { readonly version?: unknown };
  const version = numberField(saved, 'version', 0, { min: 0, integer: true });
  const newest = MIGRATIONS.newestOf(steps);
  if (version > newest) {
    throw new ArcFlowError(
      'INVALID_ARGUMENT',
      `The settings of this ${type} node were saved by a newer ArcFlow (version ${version}, this one reads up to ` +
        `${newest}): update @arcflow/node-red-arcflow`,
      'newer version',
    );
  }
  return MIGRATIONS.climb(steps, settings, version);
}
