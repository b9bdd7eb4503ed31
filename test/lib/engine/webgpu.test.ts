/**
 * The GPU path on a machine without a GPU: Debian's chromium and libvulkan1 bring a Vulkan driver in software.
 * Where neither that nor a GPU is, these checks say so and are left out.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import sharp from 'sharp';
import { Engine } from '../../../lib/engine/engine';
import { messageOf } from '../../../lib/core/errors';
import { iou } from '../../../lib/core/box';
import { embedModels, readManifest } from '../../../lib/models/manifest';
import { toDetectOptions } from '../../../lib/detect/mtcnn/options';
import { samplePhoto } from '../../support/images';
import { needs } from '../../support/needs';

const SOFTWARE_DRIVERS = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
];

/** Vulkan reads these variables when the first adapter is asked for. */
function useSoftwareDriver(): void {
  const driver = SOFTWARE_DRIVERS.find((path) => existsSync(path));
  if (driver === undefined) return;
  process.env['VK_ICD_FILENAMES'] ??= driver;
  process.env['VK_DRIVER_FILES'] ??= driver;
}

async function recognise(provider: 'cpu' | 'webgpu', photo: Buffer) {
  const engine = new Engine({ provider, threads: 2 });
  try {
    const detection = await engine.call('detect', photo, {}, toDetectOptions({ minFaceSize: 24 }));
    const landmarks = detection.faces.map((face) => face.landmarks);
    const model = embedModels(readManifest())[0]!;
    const embedded = await engine.call('embed', detection.frame, landmarks, {
      model,
      flip: false,
      crops: false,
    });
    return { ...detection, embeddings: embedded.map(({ embedding }) => embedding) };
  } finally {
    await engine.close();
  }
}

describe('engine on webgpu', function () {
  this.timeout(600_000);
  let photo: Buffer;

  before(async function () {
    useSoftwareDriver();
    const engine = new Engine({ provider: 'webgpu', threads: 1 });
    const missing = await engine.call('info').then(
      () => undefined,
      (error: unknown) => messageOf(error),
    );
    await engine.close();
    needs(this, 'vulkan', missing);
    photo = await sharp(samplePhoto(3)).resize(240).jpeg({ quality: 92 }).toBuffer();
  });

  it('finds the same faces as the CPU and embeds them alike', async () => {
    const cpu = await recognise('cpu', photo);
    const gpu = await recognise('webgpu', photo);
    assert.equal(gpu.provider, 'webgpu');
    assert.equal(cpu.faces.length, 3);
    assert.equal(gpu.faces.length, cpu.faces.length);
    cpu.faces.forEach((face, index) => {
      const other = gpu.faces[index]!;
      assert.ok(iou(face.box, other.box) > 0.99);
      assert.ok(Math.abs(face.confidence - other.confidence) < 1e-3);
      const similarity = cpu.embeddings[index]!.reduce(
        (sum, value, at) => sum + value * gpu.embeddings[index]![at]!,
        0,
      );
      assert.ok(similarity > 0.999, `${similarity}`);
    });
  });

  it('is passed over by auto when it is slower than the CPU, and says so', async () => {
    const engine = new Engine({ provider: 'auto', threads: 2 });
    try {
      const { provider, attempts } = await engine.call('info');
      const webgpu = attempts.find((attempt) => attempt.provider === 'webgpu');
      if (provider === 'cpu') assert.match(webgpu?.reason ?? '', /times slower than cpu/);
      else assert.ok(['cuda', 'webgpu'].includes(provider));
    } finally {
      await engine.close();
    }
  });
});
