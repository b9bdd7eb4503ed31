/** What preprocessing works on: the whole frame, or the region of each face by itself. */
export const PREPROCESS_TARGETS = ['frame', 'faces'] as const;
export type PreprocessTarget = (typeof PREPROCESS_TARGETS)[number];
