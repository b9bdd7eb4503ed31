/** Whom to enrol, laid out as the example flows expect it: one folder for each person. */
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { listImages } from '../../lib/image/folder';

/**
 * Copies the photographs of a folder to another, each into its person's folder. One that lies in no sub-folder shows
 * the person that its file is named after.
 * @throws ArcFlowError INVALID_ARGUMENT when the folder is missing or holds no image
 */
export async function layOutPeople(from: string, to: string): Promise<void> {
  const photographs = await listImages(from);
  await rm(to, { recursive: true, force: true });
  for (const { path, person = basename(path, extname(path)) } of photographs) {
    const folder = join(to, person);
    await mkdir(folder, { recursive: true });
    await copyFile(path, join(folder, basename(path)));
  }
}
