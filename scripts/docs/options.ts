/** The tables of docs/options.md: names, defaults and ranges from the code that validates them. */
import type { Parameter } from '../../lib/core/parameters';
import { detectorKinds } from '../../lib/detect/kinds';
import { OPERATIONS } from '../../lib/preprocess/steps';
import { ONE_SURE_FRAME, toTrackingOptions, TRACKING_NUMBERS } from '../../lib/tracking/options';
import {
  DEFAULT_PACE,
  DEFAULT_TRANSPORT,
  PICTURES_PER_SECOND,
  toVideoSettings,
  VIDEO_DEFAULTS,
  type VideoInput,
} from '../../lib/video/source/options';
import type { Blocks } from './blocks';
import { declared, type Declared } from './declared';
import { dialogTexts } from './labels';
import { code, codes, table } from './markdown';
import { expected } from './refusal';

const NONE = '–';

export function optionBlocks(): Blocks {
  return {
    detection: detection(),
    steps: steps(),
    'step-parameters': stepParameters(),
    video: video(),
    'video-inputs': videoInputs(),
    tracking: tracking(),
  };
}

function detection(): string {
  const text = dialogTexts('mtcnn-detect');
  const kinds = detectorKinds().map(({ id, options }) => ({ id, parameters: options }));
  return parameterTable('kind', kinds, (name) => text('label', name));
}

function steps(): string {
  const text = dialogTexts('preprocess');
  const rows = OPERATIONS.map(({ id }) => [code(id), text('step', id, 'hint') ?? NONE]);
  return table(['step', 'what it does'], rows);
}

function stepParameters(): string {
  const text = dialogTexts('preprocess');
  return parameterTable('step', OPERATIONS, (name) => text('parameter', name));
}

/** @param label what the dialog calls a parameter */
function parameterTable(
  kind: string,
  owners: readonly { readonly id: string; readonly parameters: readonly Parameter[] }[],
  label: (name: string) => string | undefined,
): string {
  const rows = owners.flatMap(({ id, parameters }) =>
    parameters.map((parameter, index) => [
      index === 0 ? code(id) : '',
      code(parameter.name),
      label(parameter.name) ?? NONE,
      shown(parameter.default),
      parameterRange(parameter),
      'unit' in parameter ? parameter.unit : NONE,
      parameter.when ? code(`${parameter.when.parameter}: ${parameter.when.is}`) : 'always',
    ]),
  );
  return table([kind, 'parameter', 'in the dialog', 'default', 'range', 'unit', 'counts with'], rows);
}

function parameterRange(parameter: Parameter): string {
  switch (parameter.type) {
    case 'number':
      return `${parameter.min} to ${parameter.max}`;
    case 'integer':
      return `${parameter.min} to ${parameter.max}, whole`;
    case 'choice':
      return codes(parameter.choices);
    case 'boolean':
      return codes([true, false]);
    case 'points':
      return `${parameter.default.length} points, ${parameter.min} to ${parameter.max}`;
  }
}

const VIDEO = 'lib/video/source/options.ts';

function video(): string {
  const input = { kind: 'file', path: 'clip.mp4' } as const;
  const options = declared(VIDEO, 'VideoSourceOptions').filter(({ name }) => name !== 'input');
  const defaults: Readonly<Record<string, unknown>> = VIDEO_DEFAULTS;
  const rangeOf = ({ name, type }: Declared): string =>
    expected(name, (value) => toVideoSettings({ input, [name]: value })) ?? inWords(type);
  return optionTable(options, rangeOf, ({ name }) => shown(defaults[name]));
}

/** For each kind an input that is accepted, where it is declared, and its defaults. */
const INPUTS: readonly { valid: VideoInput; type: string; defaults: Readonly<Record<string, unknown>> }[] = [
  { valid: { kind: 'camera', device: '/dev/video0' }, type: 'CameraInput', defaults: {} },
  {
    valid: { kind: 'stream', url: 'rtsp://camera/stream' },
    type: 'StreamInput',
    defaults: { transport: DEFAULT_TRANSPORT },
  },
  { valid: { kind: 'file', path: 'clip.mp4' }, type: 'FileInput', defaults: { pace: DEFAULT_PACE } },
  {
    valid: { kind: 'pictures', folder: 'pictures' },
    type: 'PicturesInput',
    defaults: { pace: DEFAULT_PACE, framesPerSecond: PICTURES_PER_SECOND },
  },
];

function videoInputs(): string {
  const rows = INPUTS.flatMap(({ valid, type, defaults }) =>
    declared(VIDEO, type)
      .filter(({ name }) => name !== 'kind')
      .map((option, index) => [
        index === 0 ? code(valid.kind) : '',
        code(option.name),
        shown(defaults[option.name]),
        expected(option.name, (value) => toVideoSettings({ input: { ...valid, [option.name]: value } })) ??
          inWords(option.type),
        option.meaning || NONE,
      ]),
  );
  return table(['kind', 'option', 'default', 'range', 'meaning'], rows);
}

function tracking(): string {
  const file = 'lib/tracking/options.ts';
  const text = dialogTexts('face-events');
  const options = [...declared(file, 'TRACKING_NUMBERS'), ...declared(file, 'TrackingOptions')];
  const defaults: Readonly<Record<string, unknown>> = {
    ...Object.fromEntries(Object.entries(TRACKING_NUMBERS).map(([name, setting]) => [name, setting.default])),
    oneSureFrame: ONE_SURE_FRAME,
  };
  const rows = options.map(({ name, type, meaning }) => [
    code(name),
    text('label', name) ?? NONE,
    shown(defaults[name]),
    expected(name, (value) => toTrackingOptions({ [name]: value })) ?? inWords(type),
    meaning,
  ]);
  return table(['option', 'in the dialog', 'default', 'range', 'meaning'], rows);
}

function optionTable(
  options: readonly Declared[],
  rangeOf: (option: Declared) => string,
  defaultOf: (option: Declared) => string,
): string {
  const rows = options.map((option) => [
    code(option.name),
    defaultOf(option),
    rangeOf(option),
    option.meaning || NONE,
  ]);
  return table(['option', 'default', 'range', 'meaning'], rows);
}

/** A type, of an option whose values nothing checks. */
function inWords(type: string): string {
  if (type === 'string') return 'a text';
  return type === 'boolean' ? 'true or false' : code(type);
}

/** A default; points as (x, y). */
function shown(value: unknown): string {
  if (value === undefined) return NONE;
  if (Array.isArray(value)) return value.map((item: unknown) => shown(item)).join(', ');
  if (typeof value === 'object' && value !== null) return `(${Object.values(value).map(String).join(', ')})`;
  return typeof value === 'string' ? code(value) : JSON.stringify(value);
}
