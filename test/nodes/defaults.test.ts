/**
 * A node that was never touched does what the library does by itself: each default has one source. That the editor has
 * the same ones is in folders.test.ts.
 */
import assert from 'node:assert/strict';
import { DEFAULT_RULES } from '../../lib/gallery/enrolment';
import { toAnnotateOptions } from '../../lib/annotate/options';
import { DEFAULT_EMBED_MODEL, embedModels, readManifest } from '../../lib/models/manifest';
import { toDetectOptions } from '../../lib/detect/mtcnn/options';
import { OPERATIONS, toSteps } from '../../lib/preprocess/steps';
import { toTrackingOptions } from '../../lib/tracking/options';
import { toDecoderInput } from '../../lib/video/decoder/decoder-input';
import { toVideoSettings, type VideoInput } from '../../lib/video/source/options';
import { toConfig as toAnnotate } from '../../nodes/annotate/config';
import { toConfig as toEmbed } from '../../nodes/arcface-embed/config';
import { toConfig as toEvents } from '../../nodes/face-events/config';
import { toConfig as toGallery } from '../../nodes/face-gallery/config';
import { toConfig as toDetect } from '../../nodes/mtcnn-detect/config';
import { toConfig as toPreprocess } from '../../nodes/preprocess/config';
import { toConfig as toVideo, withCredentials } from '../../nodes/video-source/config';
import { loadPage, nodeFolders, read } from '../support/node-folder';

/** A node as Node-RED makes it of a flow that says nothing about it. */
const untouched = (type: string) => ({ id: 'node', type, name: '', z: 'tab' });

describe('defaults of nodes and library', () => {
  it('of detection', () => assert.deepEqual(toDetect(untouched('mtcnn-detect')).fields, toDetectOptions()));

  it('of tracking and events', () =>
    assert.deepEqual(toEvents(untouched('face-events')).tracking, toTrackingOptions()));

  it('of drawing, but for the word for a stranger', () => {
    const strangerText = 'unbekannt';
    const { options } = toAnnotate(untouched('face-annotate'), strangerText);
    assert.deepEqual(options, toAnnotateOptions({ strangerText }));
  });

  it('of enrolment', () => {
    const config = toGallery(untouched('face-gallery'));
    assert.deepEqual({ ...config, ...DEFAULT_RULES }, config);
  });

  it('of embedding: the model, and how a file of the user’s own is meant', () => {
    const { model } = toEmbed(untouched('arcface-embed'), '/user');
    assert.equal(model, DEFAULT_EMBED_MODEL);
    const shipped = embedModels(readManifest()).find(({ id }) => id === model)!;
    const own = toEmbed(
      { ...untouched('arcface-embed'), model: 'file', file: 'own.onnx', fileId: 'own' },
      '/user',
    );
    assert.ok(typeof own.model !== 'string');
    assert.deepEqual([own.model.input.width, own.model.dimension], [shipped.input.width, shipped.dimension]);
  });

  it('of preprocessing', () =>
    assert.deepEqual(toPreprocess(untouched('face-preprocess')).steps, toSteps([{ id: OPERATIONS[0]!.id }])));

  for (const [kind, field, bare] of [
    ['stream', {}, { kind: 'stream', url: 'rtsp://camera/stream' }],
    ['file', { path: '/clip.mp4' }, { kind: 'file', path: '/clip.mp4' }],
    ['pictures', { folder: '/pictures' }, { kind: 'pictures', folder: '/pictures' }],
    ['camera', { device: '/dev/video1' }, { kind: 'camera', device: '/dev/video1' }],
  ] as const satisfies readonly (readonly [string, object, VideoInput])[]) {
    it(`of a video source, ${kind}`, () => {
      const { source } = toVideo({ ...untouched('face-video-source'), kind, ...field }, '/user');
      const settings = toVideoSettings(withCredentials(source, { address: 'rtsp://camera/stream' }));
      assert.deepEqual({ ...settings, input: bare }, toVideoSettings({ input: bare }));
      // What the input leaves out is filled in where it is opened.
      const { input } = settings;
      if (input.kind !== 'pictures' && bare.kind !== 'pictures')
        assert.deepEqual(toDecoderInput(input, 1000), toDecoderInput(bare, 1000));
    });
  }

  it('of fields that limit each other, in the editor’s checks', () => {
    for (const folder of nodeFolders()) {
      const { defaults } = loadPage(folder).definition;
      for (const [, name = '', fallback] of read('nodes', folder, `${folder}.html`).matchAll(
        /ArcFlow\.valueOf\(node, "(\w+)", ([-\d.]+)\)/g,
      ))
        assert.equal(Number(fallback), defaults[name]?.value, `${name} of ${folder}`);
    }
  });
});
