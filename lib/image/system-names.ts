/**
 * Names that computers and network drives give to files and folders of their own, among people's photographs:
 * thumbnails, recycle bins, snapshots, indexes. What is in them is nobody's picture.
 */

/** In small letters. */
const NAMES: ReadonlySet<string> = new Set([
  // Windows
  '$recycle.bin',
  '$extend',
  '$winreagent',
  'recycler',
  'recycled',
  'system volume information',
  'config.msi',
  'msocache',
  'thumbs.db',
  'ehthumbs.db',
  'ehthumbs_vista.db',
  'desktop.ini',
  // macOS and Netatalk
  '__macosx',
  'icon\r',
  'network trash folder',
  'temporary items',
  'thevolumesettingsfolder',
  // Linux
  'lost+found',
  'aquota.user',
  'aquota.group',
  // Synology
  '#recycle',
  '#snapshot',
  '@eadir',
  '@tmp',
  '@database',
  '@sharebin',
  '@sharesnap',
  '@autoupdate',
  '@img_bkp_cache',
  '@download',
  '@maillog',
  '@quarantine',
  '@s2s',
  '@userpreference',
  '@cloudsync',
  // QNAP
  '@recycle',
  '@recently-snapshot',
  '@transcode',
  // NetApp, FreeNAS
  '~snapshot',
  '#snapshots',
]);

const PATTERNS: readonly RegExp[] = [
  /^\./, // hidden: thumbnails, rubbish, AppleDouble files (._x), .@__thumb
  /^@__/, // QNAP
  /^@(syno|app)/, // Synology
  /^found\.\d{3}$/, // Windows, after a disk check
  /^\$windows\.~/,
];

/** Whether a file or folder of this name is hidden, or the system's own. */
export function isHiddenName(name: string): boolean {
  const lower = name.toLowerCase();
  return NAMES.has(lower) || PATTERNS.some((pattern) => pattern.test(lower));
}
