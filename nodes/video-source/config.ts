import { resolve } from 'node:path';
import type { NodeDef } from 'node-red';
import type { EncodeOptions } from '../../lib/image/encode';
import {
  CAMERA_SYSTEMS,
  DEFAULT_PACE,
  DEFAULT_TRANSPORT,
  HARDWARE,
  PACES,
  PICTURES_PER_SECOND,
  TRANSPORTS,
  VIDEO_DEFAULTS,
  type CameraInput,
  type VideoInput,
  type VideoSourceOptions,
} from '../../lib/video/source/options';
import { invalid, type Range } from '../../lib/core/validate';
import { choiceField, flagField, JPEG_QUALITY, numberField, textField } from '../shared/config';

export const KINDS = ['stream', 'camera', 'file', 'pictures'] as const;
export const OUTPUTS = ['frame', 'jpeg', 'both'] as const;
export const STARTS = ['deploy', 'message'] as const;

/** What USB cameras usually offer. */
export const CAMERA_SIZES = [
  '320x240',
  '640x360',
  '640x480',
  '800x600',
  '1280x720',
  '1280x960',
  '1920x1080',
  '2560x1440',
  '3840x2160',
] as const;

export interface VideoDef extends NodeDef {
  readonly kind?: string;
  /** Of flows that carry it themselves; the edit dialog moves it into the credentials. */
  readonly address?: string;
  readonly transport?: string;
  readonly device?: string;
  readonly system?: string;
  readonly cameraSize?: string;
  readonly cameraRate?: string | number;
  readonly cameraFormat?: string;
  readonly path?: string;
  readonly folder?: string;
  readonly pictureRate?: string | number;
  readonly pace?: string;
  readonly loop?: boolean;
  readonly width?: string | number;
  readonly height?: string | number;
  readonly maxRate?: string | number;
  readonly everyNth?: string | number;
  readonly output?: string;
  readonly quality?: string | number;
  readonly runtime?: string;
  readonly start?: string;
  readonly decoder?: string;
  readonly hardware?: string;
  readonly stallAfter?: string | number;
  readonly statisticsEvery?: string | number;
}

/** Kept by Node-RED apart from the flow, encrypted. All that the editor gets back is the user, and which others there are. */
export interface VideoCredentials {
  readonly address?: string;
  readonly user?: string;
  readonly password?: string;
}

export interface VideoConfig {
  /** A stream may still lack its address: that is a credential. */
  readonly source: VideoSourceOptions;
  /** Send msg.frame. */
  readonly frames: boolean;
  /** Send a JPEG in msg.payload; undefined sends none. */
  readonly encode: EncodeOptions | undefined;
  /** Encodes; needed for a JPEG only. */
  readonly runtime: string;
  readonly startAtDeploy: boolean;
}

/** Pixels; what a decoder scales to. */
const SIDE: Range = { min: 16, max: 16_384, integer: true };
/** Frames a second. */
const RATE: Range = { min: 0.01, max: 1000 };
/** Seconds. */
const STALL: Range = { min: 1, max: 3600 };
const STATISTICS: Range = { min: 1, max: 3600 };
const MS_PER_S = 1000;

/** @param userDir where a relative file or folder starts */
export function toConfig(def: VideoDef, userDir: string): VideoConfig {
  const output = choiceField(def.output, 'output', OUTPUTS, 'frame');
  const quality = numberField(def.quality, 'quality', JPEG_QUALITY, { min: 1, max: 100, integer: true });
  return {
    source: withoutUndefined({
      input: toInput(def, userDir),
      label: optionalText(def.name, 'name'),
      width: optionalNumber(def.width, 'width', SIDE),
      height: optionalNumber(def.height, 'height', SIDE),
      maxFramesPerSecond: optionalNumber(def.maxRate, 'maxRate', RATE),
      everyNth: numberField(def.everyNth, 'everyNth', VIDEO_DEFAULTS.everyNth, {
        min: 1,
        max: 10_000,
        integer: true,
      }),
      hardware: choiceField(def.hardware, 'hardware', HARDWARE, VIDEO_DEFAULTS.hardware),
      decoderPath: optionalText(def.decoder, 'decoder'),
      stallAfterMs: seconds(def, 'stallAfter', STALL),
      statisticsEveryMs: seconds(def, 'statisticsEvery', STATISTICS),
    }),
    frames: output !== 'jpeg',
    encode: output === 'frame' ? undefined : { format: 'jpeg', quality },
    runtime: textField(def.runtime, 'runtime'),
    startAtDeploy: choiceField(def.start, 'start', STARTS, 'deploy') === 'deploy',
  };
}

/**
 * The options with a stream's address, which a flow holds at most until it is next edited.
 * @throws ArcFlowError INVALID_ARGUMENT when a stream has none
 */
export function withCredentials(
  source: VideoSourceOptions,
  { address = '', user, password }: VideoCredentials,
): VideoSourceOptions {
  if (source.input.kind !== 'stream') return source;
  const url = address.trim() || source.input.url;
  if (url === '') throw invalid('a camera’s address', 'address', undefined);
  return { ...source, input: withoutUndefined({ ...source.input, url, user, password }) };
}

/** Every field is checked, also those of a kind that is not chosen: it may be chosen next. */
function toInput(def: VideoDef, userDir: string): VideoInput {
  const shared = {
    pace: choiceField(def.pace, 'pace', PACES, DEFAULT_PACE),
    loop: flagField(def.loop, 'loop', false),
  };
  const inputs = {
    stream: {
      kind: 'stream',
      url: textField(def.address, 'address'),
      transport: choiceField(def.transport, 'transport', TRANSPORTS, DEFAULT_TRANSPORT),
    },
    camera: toCamera(def),
    file: { kind: 'file', path: within(userDir, textField(def.path, 'path')), ...shared },
    pictures: {
      kind: 'pictures',
      folder: within(userDir, textField(def.folder, 'folder')),
      framesPerSecond: numberField(def.pictureRate, 'pictureRate', PICTURES_PER_SECOND, RATE),
      ...shared,
    },
  } as const satisfies Record<(typeof KINDS)[number], VideoInput>;
  return inputs[choiceField(def.kind, 'kind', KINDS, 'stream')];
}

function toCamera(def: VideoDef): CameraInput {
  const cameraSize = optionalChoice(def.cameraSize, 'cameraSize', CAMERA_SIZES);
  const [width, height] = cameraSize?.split('x').map(Number) ?? [];
  return withoutUndefined({
    kind: 'camera' as const,
    device: textField(def.device, 'device', '/dev/video0'),
    system: optionalChoice(def.system, 'system', CAMERA_SYSTEMS),
    size: width === undefined || height === undefined ? undefined : { width, height },
    framesPerSecond: optionalNumber(def.cameraRate, 'cameraRate', RATE),
    format: optionalText(def.cameraFormat, 'cameraFormat'),
  });
}

/** Milliseconds of a field in seconds. */
function seconds(def: VideoDef, name: 'stallAfter' | 'statisticsEvery', range: Range): number {
  return numberField(def[name], name, VIDEO_DEFAULTS[`${name}Ms`] / MS_PER_S, range) * MS_PER_S;
}

function within(userDir: string, path: string): string {
  return path === '' ? '' : resolve(userDir, path);
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function optionalNumber(value: unknown, name: string, range: Range): number | undefined {
  return isBlank(value) ? undefined : numberField(value, name, 0, range);
}

function optionalChoice<T extends string>(
  value: unknown,
  name: string,
  choices: readonly T[],
): T | undefined {
  return isBlank(value) ? undefined : choiceField(value, name, choices, choices[0]!);
}

function optionalText(value: unknown, name: string): string | undefined {
  const text = textField(value, name);
  return text === '' ? undefined : text;
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(options: T): Defined<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Defined<T>;
}
