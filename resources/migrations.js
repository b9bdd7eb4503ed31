/**
 * How the settings of older flows become those of today, step by step, for each node type. Read twice: by the runtime
 * when a node is made (nodes/shared/migrate.ts), and by the editor when its dialog is opened, so that saving writes the
 * newest form. Flows from before there were versions have version 0.
 *
 * A change of a node's settings that old flows must survive: add a step { from, to, step }, whose function takes the
 * settings and returns new ones. A property that a step reads stays among the page's defaults: the editor drops others.
 */
(() => {
  const asItIs = (settings) => settings;
  const FIRST = { from: 0, to: 1, step: asItIs };

  const STEPS = {
    'arcflow-runtime': [FIRST],
    'arcflow-store': [FIRST],
    'face-video-source': [FIRST],
    'face-folder-source': [FIRST],
    'face-preprocess': [FIRST],
    'mtcnn-detect': [FIRST],
    'arcface-embed': [FIRST],
    'face-gallery': [FIRST],
    'face-events': [FIRST],
    'face-annotate': [FIRST],
  };

  /** The version that a list of steps leads to. */
  const newestOf = (steps) => steps.at(-1).to;

  /** The settings of a version after all steps that follow it, with the version that they have then. */
  function climb(steps, settings, version) {
    const later = steps.filter(({ from }) => from >= version);
    const climbed = later.reduce((reached, { step }) => step(reached), settings);
    return { ...climbed, version: newestOf(steps) };
  }

  const migrations = { STEPS, newestOf, climb };
  if (typeof module === 'object') module.exports = migrations;
  else window.ArcFlowMigrations = migrations;
})();
