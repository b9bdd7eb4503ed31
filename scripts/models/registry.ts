/**
 * Fetches files out of packages of the npm registry with npm's own client: the registry, proxy, certificates and cache
 * are those of the user's npm configuration. Nothing is installed, no script of a package runs.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Options } from 'pacote';
import { messageOf } from '../../lib/core/errors';
import type { PackageFile } from '../../lib/models/manifest';
import { pickFiles } from './tarball';

export type PackageVersion = Pick<PackageFile, 'package' | 'version' | 'integrity'>;

export interface FetchedPackage {
  readonly files: ReadonlyMap<string, Buffer>;
  /** Size of the tarball. */
  readonly bytes: number;
}

/** A package that the registry did not give, with the reason as npm's client states it. */
export class PackageUnavailable extends Error {
  override readonly name = 'PackageUnavailable';
}

/**
 * @param paths of the wanted files inside the package
 * @throws PackageUnavailable, and an Error that names a file which the package lacks
 */
export async function fetchPackage(
  wanted: PackageVersion,
  paths: readonly string[],
): Promise<FetchedPackage> {
  const name = `${wanted.package}@${wanted.version}`;
  // Loaded here, because it takes longer than everything else when there is nothing to fetch.
  const { default: pacote } = await import('pacote');
  let bytes = 0;
  const options = { ...npmOptions(), integrity: wanted.integrity, preferOffline: true };
  const files = await pacote.tarball
    .stream(
      name,
      (tarball) => {
        // A second attempt starts from the beginning.
        bytes = 0;
        tarball.on('data', (chunk: Buffer) => (bytes += chunk.length));
        return pickFiles(tarball, new Set(paths));
      },
      options,
    )
    .catch((error: unknown) => {
      throw new PackageUnavailable(`${name} could not be fetched: ${messageOf(error)}`, { cause: error });
    });
  for (const file of paths) if (!files.has(file)) throw new Error(`${name} does not hold ${file}`);
  return { files, bytes };
}

/** npm hands its configuration, where it differs from the defaults, to the scripts that it runs. */
function npmOptions(env: NodeJS.ProcessEnv = process.env): Options {
  const config = (key: string): string | undefined => env[`npm_config_${key}`] || undefined;
  const [cache, registry, cafile] = [config('cache'), config('registry'), config('cafile')];
  const [proxy, httpsProxy, noProxy] = [config('proxy'), config('https_proxy'), config('noproxy')];
  const certificates = cafile === undefined ? config('ca') : readFileSync(cafile, 'utf8');
  return {
    ...(registry && { registry }),
    ...(cache && { cache: path.join(cache, '_cacache') }),
    ...((httpsProxy ?? proxy) && { proxy: httpsProxy ?? proxy }),
    ...(noProxy && { noProxy }),
    ...(certificates && { ca: certificates }),
    ...(env['npm_config_strict_ssl'] === '' && { strictSSL: false }),
    ...(config('fetch_retries') && { fetchRetries: Number(config('fetch_retries')) }),
  };
}
