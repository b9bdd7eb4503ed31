/** What annotate draws. Apart from annotate.ts, so that a node reads its configuration without loading canvas. */
import { invalid, isRecord, numberIn } from '../core/validate';
import { parseColour } from './colour';

export interface AnnotateColours {
  /** #rrggbb, as the others. A person of the gallery. */
  readonly known: string;
  /** Somebody whom the gallery does not know. */
  readonly stranger: string;
  /** A face that no gallery has seen yet. */
  readonly detected: string;
}

export interface AnnotateOptions {
  readonly boxes: boolean;
  readonly landmarks: boolean;
  /** The person's name, or strangerText. */
  readonly names: boolean;
  /** Cosine similarity of the best candidate, beside the name. */
  readonly similarity: boolean;
  /** Detection confidence in per cent, on faces without a match. */
  readonly confidence: boolean;
  /** Label of a face that matched nobody; may be empty. */
  readonly strangerText: string;
  /** Frames per second to show in the top left corner; absent: none. */
  readonly fps?: number;
  readonly colours: AnnotateColours;
  /** Thickness of boxes in pixels; absent: grows with the frame, thinner on small faces. */
  readonly lineWidth?: number;
  /** Size of the labels' font in pixels; absent: grows with the frame, smaller on small faces. */
  readonly fontSize?: number;
}

export const DEFAULT_ANNOTATE_OPTIONS: AnnotateOptions = {
  boxes: true,
  landmarks: false,
  names: true,
  similarity: true,
  confidence: true,
  strangerText: '?',
  // After Okabe and Ito's palette, which people with any colour vision tell apart; lightened for dark scenes.
  colours: { known: '#00c389', stranger: '#ff7a1a', detected: '#56b4e9' },
};

const LINE_WIDTH = { min: 1, max: 64, integer: true };
const FONT_SIZE = { min: 6, max: 256, integer: true };

/**
 * Options from outside, checked; absent ones get their defaults.
 * @throws ArcFlowError INVALID_ARGUMENT that names the option.
 */
export function toAnnotateOptions(value: unknown = {}): AnnotateOptions {
  if (!isRecord(value)) throw invalid('an object', 'annotate options', value);
  const defaults = DEFAULT_ANNOTATE_OPTIONS;
  const { fps, lineWidth, fontSize, strangerText = defaults.strangerText } = value;
  if (typeof strangerText !== 'string') throw invalid('a string', 'strangerText', strangerText);
  return {
    boxes: toBoolean(value, 'boxes'),
    landmarks: toBoolean(value, 'landmarks'),
    names: toBoolean(value, 'names'),
    similarity: toBoolean(value, 'similarity'),
    confidence: toBoolean(value, 'confidence'),
    strangerText,
    colours: toColours(value['colours']),
    ...(fps === undefined ? {} : { fps: numberIn(fps, 'fps', { min: 0 }) }),
    ...(lineWidth === undefined ? {} : { lineWidth: numberIn(lineWidth, 'lineWidth', LINE_WIDTH) }),
    ...(fontSize === undefined ? {} : { fontSize: numberIn(fontSize, 'fontSize', FONT_SIZE) }),
  };
}

type Switch = 'boxes' | 'landmarks' | 'names' | 'similarity' | 'confidence';

function toBoolean(options: Record<string, unknown>, name: Switch): boolean {
  const value = options[name] ?? DEFAULT_ANNOTATE_OPTIONS[name];
  if (typeof value !== 'boolean') throw invalid('true or false', name, value);
  return value;
}

function toColours(value: unknown = {}): AnnotateColours {
  if (!isRecord(value)) throw invalid('an object', 'colours', value);
  const { known, stranger, detected } = { ...DEFAULT_ANNOTATE_OPTIONS.colours, ...value };
  return {
    known: toColour(known, 'colours.known'),
    stranger: toColour(stranger, 'colours.stranger'),
    detected: toColour(detected, 'colours.detected'),
  };
}

function toColour(value: string, name: string): string {
  parseColour(value, name);
  return value;
}
