/** A folder with one folder for each person, images inside: the layout of LFW, of the examples and of most albums. */
import { readdir } from 'node:fs/promises';
import { extname, join, parse } from 'node:path';
import { EXTENSIONS, imageFile, type ImageSource } from '../pipeline/image-set';
import { badFile } from './text';

export interface PersonImage {
  readonly person: string;
  readonly image: ImageSource;
}

const inOrder = new Intl.Collator('en', { numeric: true }).compare;

/** @param leftOut names of folders that are no person, such as group photographs */
export async function readPeople(
  folder: string,
  leftOut: ReadonlySet<string> = new Set(),
): Promise<PersonImage[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const people = entries
    .filter((entry) => entry.isDirectory() && !leftOut.has(entry.name))
    .map(({ name }) => name);
  const images: PersonImage[] = [];
  for (const person of people.sort(inOrder)) {
    for (const name of await readImageNames(join(folder, person))) {
      images.push({ person, image: imageFile(folder, join(person, name)) });
    }
  }
  if (images.length === 0) throw badFile(folder, 'one folder with images for each person');
  return images;
}

/** Reference photographs: files named after the person, and folders with several photographs of one. */
export async function readReferences(folder: string): Promise<PersonImage[]> {
  const names = await readImageNames(folder);
  if (names.length === 0) throw badFile(folder, 'a photograph of each person');
  return names.map((name) => {
    const { dir, name: file } = parse(name);
    return { person: dir === '' ? file : dir, image: imageFile(folder, name) };
  });
}

/** The images below a folder, folders inside it too, whoever they show. */
export async function readImages(folder: string): Promise<ImageSource[]> {
  const names = await readImageNames(folder);
  if (names.length === 0) throw badFile(folder, 'images');
  return names.map((name) => imageFile(folder, name));
}

/** Relative to the folder. */
async function readImageNames(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => EXTENSIONS.includes(extname(name).toLowerCase())).sort(inOrder);
}
