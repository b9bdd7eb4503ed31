/** Blocks of a document that a program writes, each between two marks that carry its name. */

/** What stands between the marks, by the block's name. */
export type Blocks = Readonly<Record<string, string>>;

/** Up to the next end, so that a mark that is missing shows up as a block that is missing. */
const BLOCK = /(<!-- generated (\S+): npm run docs -->\n)[\s\S]*?(<!-- end of \2 -->)/g;

/** @throws Error that names a block that the text lacks, or one that nobody writes */
export function withBlocks(text: string, blocks: Blocks): string {
  const found = [...text.matchAll(BLOCK)].map(([, , name = '']) => name);
  const missing = Object.keys(blocks).filter((name) => !found.includes(name));
  if (missing.length > 0) throw new Error(`The page has no block ${missing.join(', ')}`);
  const unknown = found.filter((name) => !(name in blocks));
  if (unknown.length > 0) throw new Error(`Nobody writes the block ${unknown.join(', ')}`);
  return text.replace(BLOCK, (_, start: string, name: string, end: string) => {
    return `${start}\n${blocks[name]!.trim()}\n\n${end}`;
  });
}
