/** The pages that hold generated blocks, and how they are brought up to date. */
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { PROJECT } from '../shared/project';
import { withBlocks, type Blocks } from './blocks';
import { optionBlocks } from './options';
import { roomsPicture } from './rooms';

export interface Page {
  readonly file: string;
  readonly blocks: () => Blocks;
}

export const PAGES: readonly Page[] = [
  { file: join(PROJECT, 'docs', 'options.md'), blocks: optionBlocks },
  { file: join(PROJECT, 'docs', 'architecture.md'), blocks: () => ({ rooms: roomsPicture() }) },
];

/** The page as the code says it, formatted as the project formats documents. */
export async function written({ file, blocks }: Page, text: string): Promise<string> {
  const style = await resolveConfig(file);
  return format(withBlocks(text, blocks()), { ...style, filepath: file });
}
