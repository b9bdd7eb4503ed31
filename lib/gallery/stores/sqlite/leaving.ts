/**
 * Samples of people who were removed. They are no longer seen from the moment of the removal on, and are erased a few
 * at a time: each step writes little to the log, so that the space kept in reserve is enough for it on a full disk.
 */
import type { Connection } from './connection';
import { deleteSample } from './records';

/** Bytes of pictures, embeddings and sources that a step erases, if they are more than one sample's. */
const ERASED_AT_ONCE = 2 ** 20;
const SAMPLES_AT_ONCE = 256;

/** People whose samples are still to be erased. */
export function leavingPeople(connection: Connection): Set<number> {
  return new Set(connection.all('SELECT person FROM leaving').map(({ person }) => person as number));
}

export function letLeave(connection: Connection, person: number): void {
  connection.run('INSERT INTO leaving VALUES (?)', person);
}

/** Erases some samples of somebody who leaves. @returns false when nobody does any more */
export function eraseSome(connection: Connection): boolean {
  const person = connection.get('SELECT person FROM leaving')?.['person'];
  if (typeof person !== 'number') return false;
  const left = connection.all(
    `SELECT samples.id, length(embedding) + length(source) + coalesce(length(picture), 0) AS bytes
     FROM samples LEFT JOIN thumbnails ON sample = samples.id WHERE person = ? LIMIT ?`,
    ...[person, SAMPLES_AT_ONCE],
  );
  let bytes = 0;
  for (const sample of left) {
    bytes += sample['bytes'] as number;
    deleteSample(connection, sample['id'] as number);
    if (bytes >= ERASED_AT_ONCE) return true;
  }
  if (left.length < SAMPLES_AT_ONCE) connection.run('DELETE FROM leaving WHERE person = ?', person);
  return true;
}
