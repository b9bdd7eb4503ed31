/**
 * Makes the pictures of docs/pictures again: `npx ts-node scripts/pictures.ts`, with Chromium on the machine. Runs the
 * demo as a reader would, takes a screenshot of its flow in the editor, and joins two photographs that it annotated.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { packageRoot } from '../lib/core/package-root';

const PROJECT = packageRoot();
const PICTURES = join(PROJECT, 'docs', 'pictures');
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Screen pixels for each CSS pixel: small labels stay legible. */
const SCALE = 1.5;
/** Around the nodes, CSS pixels. */
const MARGIN = 16;
/** Leaves room for the flow between palette and sidebar. */
const WINDOW = { width: 1900, height: 900 };

/** What of two annotated photographs is shown, one above the other; pixels of the samples, which are 1920 wide. */
const EXCERPTS = [
  { photo: 'sample3.jpg', region: { left: 260, top: 90, width: 1660, height: 620 } },
  { photo: 'sample1.jpg', region: { left: 260, top: 110, width: 1660, height: 620 } },
] as const;
const RESULT_WIDTH = 1000;
const GAP = 8;
const JPEG_QUALITY = 82;

interface Demo {
  readonly process: ChildProcess;
  /** Of Node-RED's editor. */
  readonly address: string;
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'arcflow-pictures-'));
  const demo = await startDemo(folder);
  try {
    await screenshotFlow(demo.address, folder);
    await joinResults(folder);
  } finally {
    demo.process.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Resolves when all photographs have been recognised; their annotated copies lie in the folder. */
function startDemo(folder: string): Promise<Demo> {
  const options = ['scripts/demo.ts', '--port', '0', '--out', folder];
  const child = spawn(process.execPath, ['--require', 'ts-node/register', ...options], {
    cwd: PROJECT,
    env: { ...process.env, LC_ALL: 'en_US.UTF-8' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  return new Promise((resolve, reject) => {
    child.stderr.on('data', (part: Buffer) => {
      said += part.toString();
      const [address] = /http:\/\/\S+/.exec(said) ?? [];
      if (address !== undefined && said.includes('Annotated copies')) resolve({ process: child, address });
    });
    child.once('exit', () => reject(new Error(`The demo ended early:\n${said}`)));
  });
}

async function screenshotFlow(address: string, folder: string): Promise<void> {
  // The labels' font is the same on every machine.
  await symlink(join(PROJECT, 'models', 'fonts'), join(folder, 'fonts'), 'junction');
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu'],
    env: { ...process.env, XDG_DATA_HOME: folder },
  });
  try {
    const page = await browser.newPage({ viewport: WINDOW, deviceScaleFactor: SCALE, locale: 'en-US' });
    await page.goto(address);
    await page.locator('.red-ui-flow-node').first().waitFor();
    await page.locator('.red-ui-flow-node-status-label', { hasText: 'faces' }).first().waitFor();
    const nodes = await page.locator('.red-ui-flow-node').evaluateAll((groups) =>
      groups.map((group) => {
        const { left, top, right, bottom } = group.getBoundingClientRect();
        return { left, top, right, bottom };
      }),
    );
    const left = Math.min(...nodes.map((node) => node.left)) - MARGIN;
    const top = Math.min(...nodes.map((node) => node.top)) - MARGIN;
    const right = Math.max(...nodes.map((node) => node.right)) + MARGIN;
    const bottom = Math.max(...nodes.map((node) => node.bottom)) + MARGIN;
    const png = await page.screenshot({
      clip: { x: left, y: top, width: right - left, height: bottom - top },
    });
    await sharp(png).png({ palette: true, effort: 10 }).toFile(join(PICTURES, 'flow.png'));
  } finally {
    await browser.close();
  }
}

async function joinResults(folder: string): Promise<void> {
  const parts = await Promise.all(
    EXCERPTS.map(({ photo, region }) =>
      sharp(join(folder, photo))
        .extract(region)
        .resize({ width: RESULT_WIDTH })
        .toBuffer({ resolveWithObject: true }),
    ),
  );
  let top = 0;
  const placed = parts.map(({ data, info }) => {
    const part = { input: data, left: 0, top };
    top += info.height + GAP;
    return part;
  });
  await sharp({ create: { width: RESULT_WIDTH, height: top - GAP, channels: 3, background: 'white' } })
    .composite(placed)
    .jpeg({ quality: JPEG_QUALITY, mozjpeg: true })
    .toFile(join(PICTURES, 'result.jpg'));
}

void main();
