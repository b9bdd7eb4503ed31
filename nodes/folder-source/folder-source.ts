/** Sends the images of a folder one after the other, each when the flow has finished with the one before. */
import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import type { NodeAPI, NodeMessage } from 'node-red';
import { ArcFlowError } from '../../lib/errors';
import { listImages, type ImageFile } from '../../lib/image/folder';
import { nonEmptyString } from '../../lib/validate';
import { FlowCompletion } from '../shared/completion';
import { registerNode } from '../shared/node';
import { showResult, showWorking } from '../shared/status';
import { toConfig, type FolderConfig, type FolderDef } from './config';

export = (RED: NodeAPI): void => {
  registerNode<FolderDef>(RED, 'face-folder-source', (node, def) => {
    const config = toConfig(def);
    // A relative folder starts at Node-RED's user directory.
    const userDir = RED.settings.userDir ?? process.cwd();
    const completion = new FlowCompletion(RED, node.id);
    let closed = false;

    return {
      async input(message, send) {
        const named = config.folder === '' ? nonEmptyString(message['folder'], 'msg.folder') : config.folder;
        const folder = resolve(userDir, named);
        const files = select(await listImages(folder), folder, config);
        const { _msgid: id, ...inherited } = message;
        for (const [index, file] of files.entries()) {
          if (closed) return;
          showWorking(node, `${index + 1} / ${files.length}`);
          const photo: NodeMessage = {
            ...inherited,
            payload: await readFile(file.path),
            filename: file.path,
            topic: file.path,
            ...(config.persons && { person: file.person }),
            parts: { id, index, count: files.length },
          };
          await completion.send(photo, (sent) => send([sent, null]));
        }
        showResult(node, RED._('folder-source.status.done', { files: files.length }));
        send([null, { ...inherited, _msgid: id, payload: { folder, files: files.length } }]);
      },
      close() {
        closed = true;
        completion.close();
        return Promise.resolve();
      },
    };
  });
};

function select(
  files: readonly ImageFile[],
  folder: string,
  { persons, skip }: FolderConfig,
): readonly ImageFile[] {
  const wanted = files.filter(
    ({ path }) =>
      !dirname(relative(folder, path))
        .split(sep)
        .some((name) => skip.includes(name)),
  );
  if (!persons) return wanted;
  const inFolders = wanted.filter((file) => file.person !== undefined);
  if (inFolders.length === 0) {
    throw new ArcFlowError(
      'INVALID_ARGUMENT',
      `Expected one folder for each person in ${folder} but the images lie in it directly`,
      'no person folders',
    );
  }
  return inFolders;
}
