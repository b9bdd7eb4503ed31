/** Pictures from end to end, with the shipped networks and a gallery on the disk. */
import assert from 'node:assert/strict';
import sharp from 'sharp';
import { Engine } from '../../../lib/engine/engine';
import { Gallery } from '../../../lib/gallery/gallery';
import { createFrame } from '../../../lib/image/frame';
import { embedModels, readManifest } from '../../../lib/models/manifest';
import { enrolPicture, recognisePicture, type Recognition } from '../../../lib/recognition/picture';
import { samplePhoto } from '../../support/images';
import { removeTemporaryDirectories, temporaryDirectory } from '../gallery/support';

/** The woman in the middle of the third photograph, who is in the first one too. */
const portrait = (): Promise<Buffer> =>
  sharp(samplePhoto(3))
    .extract({ left: 970, top: 110, width: 400, height: 480 })
    .jpeg({ quality: 95 })
    .toBuffer();

describe('recognition of pictures', () => {
  const models = embedModels(readManifest());
  let engine: Engine;
  let gallery: Gallery;
  let recognition: Recognition;

  before(async () => {
    engine = new Engine({ provider: 'cpu', threads: 2 });
    gallery = await Gallery.open(await temporaryDirectory());
    recognition = { engine, gallery, models };
  });
  after(async () => {
    await gallery.close();
    await engine.close();
    await removeTemporaryDirectories();
  });

  it('enrols the person of a picture, with a thumbnail and where it came from', async () => {
    const origin = { source: 'door', timestamp: 1_700_000_000_000 };
    const result = await enrolPicture(recognition, 'Anna', await portrait(), { origin });
    assert.deepEqual(
      { person: result.person, samples: result.samples, duplicate: result.duplicate },
      { person: 'Anna', samples: 1, duplicate: false },
    );
    const [sample] = await gallery.samples('Anna');
    assert.equal(sample!.source, 'door');
    assert.equal(sample!.time, origin.timestamp);
    const { format, width, height } = await sharp(sample!.thumbnail).metadata();
    assert.equal(format, 'jpeg');
    assert.equal(Math.max(width, height), 160);
  });

  it('knows her in another photograph, and nobody else in it', async () => {
    const { frame, faces } = await recognisePicture(recognition, samplePhoto(1), { candidates: 1 });
    assert.ok(frame.width > 0);
    assert.ok(faces.length >= 3);
    assert.deepEqual(
      faces.filter(({ match }) => match!.known).map(({ match }) => match!.person),
      ['Anna'],
    );
    for (const { match } of faces) {
      assert.equal(match!.candidates.length, 1);
      assert.equal(match!.known, match!.similarity >= match!.threshold);
    }
  });

  it('takes a threshold of the caller instead of the model’s', async () => {
    const strict = await recognisePicture(recognition, samplePhoto(1), { threshold: 1 });
    assert.ok(strict.faces.every(({ match }) => !match!.known && match!.threshold === 1));
  });

  it('does not enrol her under another name unless that is confirmed', async () => {
    const picture = await portrait();
    await assert.rejects(enrolPicture(recognition, 'Berta', picture), { code: 'FACE_KNOWN' });
    await enrolPicture(recognition, 'Berta', picture, { confirmed: true });
    await gallery.remove('Berta');
    assert.deepEqual(
      (await gallery.list()).map(({ person }) => person),
      ['Anna'],
    );
  });

  it('refuses to enrol from a picture of several people, or of nobody', async () => {
    const crowd = enrolPicture(recognition, 'Carla', samplePhoto(1));
    await assert.rejects(crowd, { code: 'ENROLMENT_REFUSED', message: /it must be clear whose it is/ });
    const nobody = enrolPicture(recognition, 'Carla', createFrame(200, 200));
    await assert.rejects(nobody, { code: 'ENROLMENT_REFUSED', message: /shows no face/ });
  });

  it('finds nobody in an empty picture without an error', async () => {
    const { faces } = await recognisePicture(recognition, createFrame(200, 200));
    assert.deepEqual(faces, []);
  });

  it('names the models there are when another is asked for', () =>
    assert.rejects(recognisePicture(recognition, samplePhoto(1), { model: 'none' }), {
      code: 'MODEL_MISSING',
      message: /^No embedding model none is known; there are arcface/,
    }));
});
