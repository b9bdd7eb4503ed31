/**
 * The editor as a person sees it: a real Node-RED with the built package, opened in a real Chromium in both
 * languages. Screenshots of every dialog go to .cache/editor/.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { ensureBuilt } from '../support/built';
import { LANGUAGES, ROOT, catalogueOf, loadPage, nodeFolders, type Language } from '../support/node-folder';
import { needs } from '../support/needs';
import { startNodeRed, type NodeRed } from '../support/node-red';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
];
const SCREENSHOTS = join(ROOT, '.cache', 'editor');
const WINDOW = { width: 1400, height: 1000 };
/** Building, and starting Node-RED and Chromium, on a small busy machine. */
const START_MS = 600_000;
/** For the editor to do what it was asked for. */
const WAIT_MS = 200_000;

const nodes = nodeFolders().map((folder) => {
  const { type, definition } = loadPage(folder);
  const defaults = Object.entries(definition.defaults).map(([name, { value }]) => [name, value] as const);
  return { folder, type, isConfig: definition.category === 'config', defaults: Object.fromEntries(defaults) };
});
const onFlow = nodes.filter(({ isConfig }) => !isConfig);

const VIDEO = { type: 'face-video-source', kind: 'stream', start: 'message', z: 'tab', wires: [[], []] };
const CREDENTIALS = { closed: { address: 'rtsp://10.0.0.5/user=admin_password=secret' } };

/** A tab with one node of each type, which use one runtime and one store, and one that lacks its settings. */
const FLOWS = [
  { id: 'tab', type: 'tab', label: 'Faces' },
  ...nodes.map(({ type, isConfig, defaults }, index) => ({
    ...defaults,
    id: type,
    type,
    ...(!isConfig && { z: 'tab', x: 200, y: 60 + 60 * index, wires: [] }),
    ...('runtime' in defaults && { runtime: 'arcflow-runtime' }),
    ...('store' in defaults && { store: 'arcflow-store' }),
  })),
  // A flow that carries its camera's address itself, and one that does not.
  { ...VIDEO, id: 'open', address: 'rtsp://admin:secret@127.0.0.1:9/live', x: 500, y: 120 },
  { ...VIDEO, id: 'closed', x: 500, y: 180 },
  { id: 'sparse', type: 'mtcnn-detect', z: 'tab', x: 500, y: 60, wires: [], runtime: 'arcflow-runtime' },
  { ...VIDEO, id: 'newer', version: 99, x: 500, y: 240 },
];

describe('editor', function () {
  this.timeout(START_MS);
  let nodeRed: NodeRed;
  let browser: Browser;
  let dataDir: string;

  before(async function () {
    needs(this, 'chromium', CHROMIUM === undefined ? 'there is no Chromium on this machine' : undefined);
    ensureBuilt();
    await mkdir(SCREENSHOTS, { recursive: true });
    dataDir = await mkdtemp(join(tmpdir(), 'arcflow-fonts-'));
    // Chinese in the screenshots, on a machine that has no fonts for it.
    await symlink(join(ROOT, 'models', 'fonts'), join(dataDir, 'fonts'), 'junction');
    nodeRed = await startNodeRed(FLOWS, CREDENTIALS);
    const env = { ...process.env, XDG_DATA_HOME: dataDir } as Record<string, string>;
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ARGUMENTS, env });
  });

  after(async () => {
    await (browser as Browser | undefined)?.close();
    await (nodeRed as NodeRed | undefined)?.stop();
    if (dataDir) await rm(dataDir, { recursive: true, force: true });
  });

  for (const language of LANGUAGES) {
    describe(language, () => {
      let page: Page;
      const complaints: string[] = [];

      before(async () => {
        page = await openEditor(browser, nodeRed.url, language, complaints);
      });
      after(() => page.close());

      it('shows every node in one category of the palette, under its translated name', async () => {
        const palette = page.locator('#red-ui-palette-container-ArcFlow');
        await palette.screenshot({ path: join(SCREENSHOTS, `palette-${language}.png`) });
        for (const { folder, type } of onFlow) {
          const entry = palette.locator(`[data-palette-type="${type}"]`);
          const label = catalogueOf(folder, language).get(`${folder}.paletteLabel`);
          assert.equal(await entry.getAttribute('data-palette-label'), label);
        }
        assert.equal(await palette.locator('.red-ui-palette-node').count(), onFlow.length);
      });

      it('draws the nodes of a flow with icon and label', async () => {
        await page
          .locator('#red-ui-workspace-chart')
          .screenshot({ path: join(SCREENSHOTS, `flow-${language}.png`) });
        const icons = await page
          .locator('.red-ui-flow-node-icon')
          .evaluateAll((images) => images.map((image) => image.getAttribute('href') ?? ''));
        for (const { folder } of onFlow)
          assert.ok(
            icons.some((icon) => icon.endsWith(`/${folder}.svg`)),
            folder,
          );
      });

      for (const { folder, type } of nodes) {
        it(`opens the dialog of ${type}`, async () => {
          await openDialog(page, type);
          await unfold(page);
          await page
            .locator('.red-ui-tray')
            .last()
            .screenshot({ path: join(SCREENSHOTS, `${folder}-${language}.png`) });
          await assertLegible(page, folder);
          await closeDialog(page, 'cancel');
        });

        it(`shows the help of ${type}`, async () => {
          await page.evaluate((name) => RED.sidebar.help.show(name), type);
          const help = page.locator('.red-ui-help .red-ui-help');
          await help.locator('h3').first().waitFor();
          await page
            .locator('#red-ui-sidebar')
            .screenshot({ path: join(SCREENSHOTS, `${folder}-help-${language}.png`) });
          assert.ok((await help.locator('h3').count()) >= 2);
        });
      }

      it('has nothing to complain about in the console', () => assert.deepEqual(complaints, []));
    });
  }

  describe('editing', () => {
    let page: Page;
    const complaints: string[] = [];

    before(async () => {
      page = await openEditor(browser, nodeRed.url, 'en-US', complaints);
    });
    after(() => page.close());

    it('chooses the only runtime and store for a node that is dropped', async () => {
      const drop = { targetPosition: { x: 600, y: 120 } };
      await page
        .locator('[data-palette-type="face-gallery"]')
        .dragTo(page.locator('#red-ui-workspace-chart'), drop);
      const dropped = await page.evaluate(() => {
        const found = RED.nodes
          .filterNodes({ type: 'face-gallery' })
          .find((node) => node.id !== 'face-gallery');
        return found && { store: found['store'], runtime: found['runtime'], valid: found['valid'] };
      });
      assert.deepEqual(dropped, { store: 'arcflow-store', runtime: 'arcflow-runtime', valid: true });
    });

    it('shows what preprocessing does while a parameter moves, and saves the steps', async () => {
      const after = () => page.getAttribute('[data-picture="after"]', 'src');
      const untilChanged = (from: string | null) =>
        page.waitForFunction(
          (before) => document.querySelector('[data-picture="after"]')?.getAttribute('src') !== before,
          from,
        );
      await openDialog(page, 'face-preprocess');
      await untilChanged(null);
      await page.selectOption('.arcflow-step-menu', 'brightness');
      const unchanged = await after();
      await page.fill('[data-parameter="offset"] input[type="number"]', '60');
      await untilChanged(unchanged);
      await page
        .locator('.red-ui-tray')
        .last()
        .screenshot({ path: join(SCREENSHOTS, 'preprocess-preview.png') });
      await closeDialog(page, 'ok');
      await deploy(page);
      const { steps } = await savedNode(nodeRed.url, 'face-preprocess');
      const saved = steps as Record<string, unknown>[];
      assert.deepEqual(
        saved.map(({ id, enabled }) => [id, enabled]),
        [
          ['auto', true],
          ['brightness', true],
        ],
      );
      assert.equal(saved[1]!['offset'], 60);
    });

    it('saves what was changed', async () => {
      await openDialog(page, 'mtcnn-detect');
      await page.fill('#node-input-name', 'door');
      await page.fill('#node-input-minFaceSize', '80');
      await page.selectOption('#node-input-whenBusy', 'newest');
      await page.check('#node-input-dropPixels');
      await closeDialog(page, 'ok');
      await deploy(page);
      const saved = await savedNode(nodeRed.url, 'mtcnn-detect');
      const { name, minFaceSize, whenBusy, dropPixels, runtime } = saved;
      assert.deepEqual(
        { name, minFaceSize, whenBusy, dropPixels, runtime },
        { name: 'door', minFaceSize: '80', whenBusy: 'newest', dropPixels: true, runtime: 'arcflow-runtime' },
      );
    });

    it('shows the defaults of what a flow does not say', async () => {
      await openDialog(page, 'sparse');
      assert.equal(await page.inputValue('#node-input-minFaceSize'), '40');
      assert.equal(await page.inputValue('#node-input-whenBusy'), 'queue');
      assert.equal(await page.locator('.arcflow-dialog details').getAttribute('open'), null);
      await closeDialog(page, 'cancel');
    });

    it('saves a node of an older flow in the newest form, and marks one of a newer package', async () => {
      assert.equal((await savedNode(nodeRed.url, 'sparse'))['version'], undefined);
      await openDialog(page, 'sparse');
      await closeDialog(page, 'ok');
      await deploy(page);
      assert.equal((await savedNode(nodeRed.url, 'sparse'))['version'], 1);
      const errors = await page.evaluate(() => RED.nodes.node('newer')['validationErrors']);
      assert.match(JSON.stringify(errors), /newer ArcFlow/);
    });

    it('explains the smallest face while it is typed', async () => {
      await openDialog(page, 'mtcnn-detect');
      const field = page.locator('#node-input-minFaceSize');
      await field.fill('20');
      assert.match(await page.innerText('#mtcnn-detect-size-hint'), /1280 × 720.*20 px, 1\/36 .*4 times/);
      await field.fill('');
      await field.pressSequentially('5');
      assert.equal(await page.innerText('#mtcnn-detect-size-hint'), '');
      assert.match((await page.getAttribute('#node-input-minFaceSize', 'class')) ?? '', /input-error/);
      await closeDialog(page, 'cancel');
    });

    it('offers the detectors there are, each with the options that it declares', async () => {
      await openDialog(page, 'mtcnn-detect');
      await page.locator('#node-input-detector option[value="ultraface"]').waitFor({ state: 'attached' });
      assert.equal(await page.inputValue('#node-input-detector'), 'mtcnn');
      await page.click('.arcflow-dialog details summary');
      assert.equal(await page.isVisible('#node-input-threshold1'), true);
      await page.selectOption('#node-input-detector', 'ultraface');
      assert.equal(await page.isVisible('#node-input-threshold1'), false);
      assert.equal(await page.isVisible('#node-input-minConfidence'), true);
      assert.equal(await page.innerText('label[for="node-option-score"]'), 'Least score');
      await page
        .locator('.red-ui-tray')
        .screenshot({ path: join(SCREENSHOTS, 'mtcnn-detect-ultraface.png') });
      await page.fill('#node-option-score', '2');
      assert.match((await page.getAttribute('#node-option-score', 'class')) ?? '', /input-error/);
      await page.fill('#node-option-score', '0.5');
      await closeDialog(page, 'ok');
      await deploy(page);
      const { detector, options } = await savedNode(nodeRed.url, 'mtcnn-detect');
      assert.deepEqual({ detector, options }, { detector: 'ultraface', options: { score: 0.5 } });
    });

    it('offers the networks there are, and a file of one’s own with its input convention', async () => {
      await openDialog(page, 'arcface-embed');
      await page
        .locator('#node-input-model option[value="arcface-mobilefacenet-192"]')
        .waitFor({ state: 'attached' });
      assert.equal(await page.inputValue('#node-input-model'), 'arcface-mobilefacenet-512');
      assert.equal(await page.isVisible('#node-input-file'), false);
      await page.selectOption('#node-input-model', 'file');
      await page.locator('.red-ui-tray').screenshot({ path: join(SCREENSHOTS, 'arcface-embed-own.png') });
      assert.match((await page.getAttribute('#node-input-file', 'class')) ?? '', /input-error/);
      await page.fill('#node-input-file', 'models/own.onnx');
      await page.fill('#node-input-fileId', 'own');
      await closeDialog(page, 'ok');
      await deploy(page);
      const { model, file, fileId, scale } = await savedNode(nodeRed.url, 'arcface-embed');
      assert.deepEqual(
        { model, file, fileId, scale: Number(scale) },
        { model: 'file', file: 'models/own.onnx', fileId: 'own', scale: 1 / 127.5 },
      );
    });

    it('shows the settings of the operation that the gallery is asked for', async () => {
      const visible: Record<string, readonly string[]> = {
        match: ['threshold', 'candidates'],
        enrol: ['person'],
        verify: ['person', 'threshold'],
        remove: ['person'],
        rename: ['person'],
        list: [],
      };
      await openDialog(page, 'face-gallery');
      for (const [operation, fields] of Object.entries(visible)) {
        await page.selectOption('#node-input-operation', operation);
        await page
          .locator('.red-ui-tray')
          .screenshot({ path: join(SCREENSHOTS, `face-gallery-${operation}.png`) });
        for (const name of ['threshold', 'person', 'candidates']) {
          assert.equal(
            await page.isVisible(`#node-input-${name}`),
            fields.includes(name),
            `${name} for ${operation}`,
          );
        }
      }
      await closeDialog(page, 'cancel');
    });

    it('moves the address that a flow carries into the credentials, and keeps what is there', async () => {
      for (const [id, shown] of [
        ['open', ''],
        ['closed', 'Stored: rtsp://10.0.0.5/user=***_password=***'],
      ] as const) {
        await openDialog(page, id);
        if (shown) await page.getByText(shown, { exact: true }).waitFor();
        await page.fill('#node-input-user', 'admin');
        await closeDialog(page, 'ok');
        await deploy(page);
        assert.equal((await savedNode(nodeRed.url, id))['address'], '');
        const kept = await fetch(`${nodeRed.url}/credentials/face-video-source/${id}`);
        assert.deepEqual(await kept.json(), { has_address: true, user: 'admin', has_password: false });
      }
      await openDialog(page, 'open');
      await page.getByText('Stored: rtsp://127.0.0.1:9/live', { exact: true }).waitFor();
      const type = (): Promise<string | null> => page.getAttribute('#node-input-address', 'type');
      assert.equal(await type(), 'password');
      await page.fill('#node-input-address', 'rtsp://10.0.0.6/live');
      assert.equal(await type(), 'text');
      await page
        .locator('.red-ui-tray')
        .last()
        .screenshot({ path: join(SCREENSHOTS, 'video-source-address.png') });
      await closeDialog(page, 'ok');
      await deploy(page);
      await openDialog(page, 'open');
      await page.getByText('Stored: rtsp://10.0.0.6/live', { exact: true }).waitFor();
      await closeDialog(page, 'cancel');
    });

    it('asks for the quality of a JPEG only', async () => {
      await openDialog(page, 'face-annotate');
      assert.equal(await page.isVisible('#node-input-quality'), true);
      await page.selectOption('#node-input-output', 'png');
      assert.equal(await page.isVisible('#node-input-quality'), false);
      await closeDialog(page, 'cancel');
    });

    it('has nothing to complain about in the console', () => assert.deepEqual(complaints, []));
  });
});

/** The editor's own globals, as far as the tests touch them. */
declare const RED: {
  readonly nodes: {
    node(id: string): Record<string, unknown>;
    filterNodes(filter: { type: string }): Record<string, unknown>[];
  };
  readonly editor: {
    edit(node: unknown): void;
    editConfig(name: string, type: string, id: string): void;
  };
  readonly sidebar: { readonly help: { show(type: string): void } };
};

async function openEditor(
  browser: Browser,
  url: string,
  language: Language,
  complaints: string[],
): Promise<Page> {
  const context = await browser.newContext({ locale: language, viewport: WINDOW });
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`));
  await page.goto(url);
  await page.locator('.red-ui-flow-node').first().waitFor();
  return page;
}

async function openDialog(page: Page, type: string): Promise<void> {
  await page.evaluate((id) => {
    if (id.startsWith('arcflow-')) RED.editor.editConfig('', id, id);
    else RED.editor.edit(RED.nodes.node(id));
  }, type);
  await page.locator('.red-ui-tray .arcflow-dialog').waitFor();
  // The tray slides in from the right.
  await page.waitForFunction(() => {
    const tray = document.querySelector('.red-ui-tray');
    return tray !== null && getComputedStyle(tray).right === '0px';
  });
}

async function closeDialog(page: Page, how: 'ok' | 'cancel'): Promise<void> {
  await page.locator(`#node-dialog-${how}, #node-config-dialog-${how}`).first().click();
  await page.locator('.red-ui-tray').waitFor({ state: 'detached' });
}

/** Opens the collapsed sections. */
async function unfold(page: Page): Promise<void> {
  await page.evaluate(() =>
    document
      .querySelectorAll('.arcflow-dialog details')
      .forEach((section) => section.setAttribute('open', '')),
  );
}

/** No key instead of a text, no field without a text, nothing that sticks out. */
async function assertLegible(page: Page, folder: string): Promise<void> {
  const dialog = page.locator('.arcflow-dialog');
  const attributes = dialog.locator('[placeholder], [title]');
  const texts = [
    await dialog.innerText(),
    ...(await attributes.evaluateAll((fields) =>
      fields.map((field) => field.getAttribute('placeholder') ?? ''),
    )),
    ...(await attributes.evaluateAll((fields) => fields.map((field) => field.getAttribute('title') ?? ''))),
  ];
  for (const text of texts) assert.doesNotMatch(text, new RegExp(`${folder}\\.[a-z]|__[a-z]|undefined|NaN`));
  const translated = dialog.locator('[data-i18n]:not(input)');
  for (const text of await translated.allTextContents()) assert.notEqual(text, '');
  const overflow = await dialog.evaluate((element) => element.scrollWidth - element.clientWidth);
  assert.ok(overflow <= 0, `the dialog is ${overflow} pixels too wide`);
}

async function deploy(page: Page): Promise<void> {
  const deployed = page.waitForResponse(
    (response) => response.url().endsWith('/flows') && response.request().method() === 'POST',
  );
  await page.locator('#red-ui-header-button-deploy').click();
  const confirm = page.locator('#red-ui-notifications button.primary');
  await Promise.race([deployed, confirm.click()]);
  assert.ok((await deployed).ok());
}

async function savedNode(url: string, id: string): Promise<Record<string, unknown>> {
  const flows = (await (await fetch(`${url}/flows`)).json()) as Record<string, unknown>[];
  return flows.find((node) => node['id'] === id) ?? {};
}
