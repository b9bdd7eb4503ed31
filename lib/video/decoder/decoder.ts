/** Which program decodes: a configured ffmpeg, else the one on the PATH, else the node-av package. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ArcFlowError, messageOf } from '../../core/errors';
import { PromiseCache } from '../../core/promise-cache';
import { parseFfmpegVersion, type FfmpegVersion } from './ffmpeg-arguments';

export type Decoder =
  | { readonly kind: 'ffmpeg'; readonly path: string; readonly version: FfmpegVersion; readonly name: string }
  | { readonly kind: 'node-av'; readonly name: string };

const run = promisify(execFile);
const ANSWER_WITHIN_MS = 10_000;

/** As a configured path: the package, even where there is an ffmpeg. */
const NODE_AV = 'node-av';

const INSTALL = [
  'Debian, Ubuntu and Raspberry Pi OS: sudo apt install ffmpeg',
  'Alpine: apk add ffmpeg',
  'macOS: brew install ffmpeg',
  'Windows: winget install Gyan.FFmpeg',
].join('; ');

/** How a machine is asked what it has. */
export interface Probes {
  /** The version text of the ffmpeg at that path; rejects when there is none. */
  readonly banner: (path: string) => Promise<string>;
  readonly isInstalled: (packageName: string) => boolean;
}

/**
 * @param path an ffmpeg that was configured, or "node-av"; no other decoder is tried then
 * @throws ArcFlowError DECODER_MISSING that says what to install
 */
export function findDecoder(path?: string, probes: Probes = SYSTEM): Promise<Decoder> {
  return path === undefined ? findAny(probes) : findConfigured(path, probes);
}

async function findAny(probes: Probes): Promise<Decoder> {
  const ffmpeg = await askFfmpeg('ffmpeg', probes).catch(() => undefined);
  if (ffmpeg) return ffmpeg;
  if (probes.isInstalled(NODE_AV)) return { kind: 'node-av', name: NODE_AV };
  throw missing('No video decoder was found, neither an ffmpeg on the PATH nor the node-av package');
}

async function findConfigured(path: string, probes: Probes): Promise<Decoder> {
  if (path === NODE_AV) {
    if (probes.isInstalled(NODE_AV)) return { kind: 'node-av', name: NODE_AV };
    throw missing('The node-av package is not installed');
  }
  try {
    return await askFfmpeg(path, probes);
  } catch (error) {
    throw missing(`The FFmpeg at ${path} cannot be run: ${messageOf(error).split('\n')[0]!}`, error);
  }
}

function missing(what: string, cause?: unknown): ArcFlowError {
  return new ArcFlowError(
    'DECODER_MISSING',
    `${what}. Install FFmpeg (${INSTALL}), or run "npm install node-av" where ArcFlow is installed`,
    'install FFmpeg',
    { cause },
  );
}

async function askFfmpeg(path: string, { banner }: Probes): Promise<Decoder> {
  const text = await banner(path);
  const version = parseFfmpegVersion(text);
  if (!version) throw new Error('it does not answer as FFmpeg does');
  return {
    kind: 'ffmpeg',
    path,
    version,
    name: /^ffmpeg version \S+/m.exec(text)![0].replace(' version', ''),
  };
}

const banners = new PromiseCache<string>();

const SYSTEM: Probes = {
  banner: (path) =>
    banners.get(path, async () => {
      const { stdout } = await run(path, ['-version'], { timeout: ANSWER_WITHIN_MS, windowsHide: true });
      return stdout;
    }),
  isInstalled: (packageName) => {
    try {
      require.resolve(packageName);
      return true;
    } catch {
      return false;
    }
  },
};

const prefixes = new PromiseCache<readonly string[]>();

/**
 * What to put before a command so that the system ends it together with this process, however this one ends.
 * Linux with util-linux has setpriv for it, and on Windows Node.js does it by itself; elsewhere a decoder ends when
 * it next writes, or at its time limits.
 */
export function parentDeathPrefix(): Promise<readonly string[]> {
  return prefixes.get('', async () => {
    if (process.platform !== 'linux') return [];
    const [command, ...args] = ['setpriv', '--pdeathsig', 'KILL'] as const;
    const answer = run(command, [...args, 'true'], { timeout: ANSWER_WITHIN_MS });
    return answer.then(
      () => [command, ...args],
      () => [],
    );
  });
}
