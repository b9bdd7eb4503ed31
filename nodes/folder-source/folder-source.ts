/** Sends the images of a folder one after the other, each when the flow has finished with the one before. */
import { resolve } from 'node:path';
import type { NodeAPI, NodeMessage } from 'node-red';
import { nonEmptyString } from '../../lib/core/validate';
import { FlowCompletion } from '../shared/completion';
import { forgetFrame } from '../shared/image';
import { registerNode, report } from '../shared/node';
import { showResult, showWarning, showWorking } from '../shared/status';
import { toConfig, type FolderDef } from './config';
import { sendFolder, type Outcome } from './run';

export = (RED: NodeAPI): void => {
  registerNode<FolderDef>(RED, 'face-folder-source', (node, def) => {
    const config = toConfig(def);
    // A relative folder starts at Node-RED's user directory.
    const userDir = RED.settings.userDir ?? process.cwd();
    const completion = new FlowCompletion(RED, node.id, (stalled) =>
      node.warn(RED._('folder-source.warning.stalled', { node: stalled })),
    );
    const running = new Set<AbortController>();
    let closed = false;

    function stopAll(): void {
      for (const run of running) run.abort();
      if (running.size > 0) showWarning(node, RED._('folder-source.status.stopping'));
    }

    function show({ files, all, stopped, skipped }: Outcome): void {
      const counts: Record<string, number> = { ...skipped };
      const leftOut = Object.values(counts).reduce((sum, count) => sum + count, 0);
      if (stopped) showWarning(node, RED._('folder-source.status.stopped', { files, all }));
      else if (leftOut === 0) showResult(node, RED._('folder-source.status.done', { files }));
      else if (skipped.unreadable + skipped.tooLarge === 0)
        showResult(node, RED._('folder-source.status.skipped', { files, skipped: leftOut }));
      else showWarning(node, RED._('folder-source.status.skipped', { files, skipped: leftOut }));
    }

    return {
      async input(message, send) {
        if (commandOf(message) === 'stop') {
          stopAll();
          return;
        }
        const named = config.folder === '' ? nonEmptyString(message['folder'], 'msg.folder') : config.folder;
        const folder = resolve(userDir, named);
        const inherited = inheritedFrom(message);
        const run = new AbortController();
        running.add(run);
        try {
          showWorking(node, RED._('folder-source.status.reading'));
          const outcome = await sendFolder(folder, config, {
            signal: run.signal,
            inherited,
            group: message._msgid,
            send: (photo) => completion.send(photo, (sent) => send([sent, null])),
            progress: (at, all) => showWorking(node, `${at} / ${all}`),
            fail: (error, photo) => report(RED, node, error, photo),
          });
          if (closed) return;
          show(outcome);
          const { files, skipped, stopped } = outcome;
          const payload = { folder, files, skipped, ...(stopped && { stopped }) };
          send([null, { ...inherited, _msgid: message._msgid, payload }]);
        } finally {
          running.delete(run);
        }
      },
      close() {
        closed = true;
        for (const run of running) run.abort();
        completion.close();
        return Promise.resolve();
      },
    };
  });
};

/** What a message orders: "stop" in msg.operation, or alone in msg.payload. Every other one starts the folder. */
function commandOf({ operation, payload }: NodeMessage & { operation?: unknown }): 'start' | 'stop' {
  return operation === 'stop' || (operation === undefined && payload === 'stop') ? 'stop' : 'start';
}

/** What goes along with every photograph: nothing that says something of another picture, nor the order to start. */
function inheritedFrom(message: NodeMessage): NodeMessage {
  const inherited = { ...message };
  forgetFrame(inherited);
  // Each photograph is a message of its own, and none ends a group.
  delete inherited._msgid;
  delete inherited.payload;
  delete inherited['complete'];
  if (inherited['operation'] === 'start') delete inherited['operation'];
  return inherited;
}
