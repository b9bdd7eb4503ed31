/**
 * How alike somebody in a clip must be to get a name: the more of the face is to be seen, the more. The similarity of
 * two pictures of one person falls with the size of the smaller face, that of two people does not. 420 people of LFW,
 * one picture of each scaled down, the 512-D network with its mirror image:
 *
 *   face, pixels                               24     36     56     100
 *   1 pair in 1,000 of different people above  0.32   0.33   0.33   0.33
 *   19 pairs in 20 of one person above         0.26   0.38   0.42   0.44
 *
 * So one threshold for all sizes either misses the people in the distance or names strangers who stand close. This one
 * asks for what nearly every look at the right person has, which for a face of ordinary size only 1 pair in 10,000 of
 * different people reaches.
 */

/** Faces up to this size, pixels, need this similarity; */
const FAR = { size: 28, similarity: 0.25 };
/** faces from this size on need this one; in between it rises evenly. */
const NEAR = { size: 48, similarity: 0.42 };

/** What the gallery lets through to be judged. */
export const LEAST_SIMILARITY = FAR.similarity;

/** A function node for the flow "camera-preview", between the gallery and the events. */
export const JUDGE = {
  id: 'cp-judge',
  z: 'camera-preview',
  type: 'function',
  name: 'alike enough for its size?',
  func: `
const [far, near] = ${JSON.stringify([FAR, NEAR])};
const needed = (size) => {
  const nearness = Math.min(Math.max((size - far.size) / (near.size - far.size), 0), 1);
  return far.similarity + nearness * (near.similarity - far.similarity);
};
msg.faces = msg.faces?.map((face) => {
  if (!face.match) return face;
  const threshold = needed(face.quality.size);
  const known = face.match.known && face.match.similarity >= threshold;
  return { ...face, match: { ...face.match, threshold, known, person: known ? face.match.person : null } };
});
return msg;`,
  outputs: 1,
  x: 720,
  y: 260,
  wires: [['cp-events']],
} as const;
