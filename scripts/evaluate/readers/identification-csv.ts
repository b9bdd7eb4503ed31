/** A csv for open-set identification: role (enrol, probe or unknown), person, path. */
import { imageFile, type ImageSource } from '../pipeline/image-set';
import { badFile, badLine, readCsv } from './text';

const ROLES = ['enrol', 'probe', 'unknown'] as const;
export type Role = (typeof ROLES)[number];

export interface IdentificationImage {
  readonly role: Role;
  readonly person: string;
  readonly image: ImageSource;
}

export function readIdentificationCsv(text: string, file: string, folder: string): IdentificationImage[] {
  const entries = readCsv(text, file, ['role', 'person', 'path']).map(({ line, field }) => {
    const role = ROLES.find((known) => known === field('role'));
    if (!role) throw badLine(file, line, `one of ${ROLES.join(', ')} in the column role`);
    return { role, person: field('person'), image: imageFile(folder, field('path')) };
  });
  for (const role of ['enrol', 'probe'] as const) {
    if (!entries.some((entry) => entry.role === role))
      throw badFile(file, `at least one line with the role ${role}`);
  }
  return entries;
}
