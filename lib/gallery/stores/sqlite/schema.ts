/**
 * The layout of the store's file. Every record carries a checksum of all its fields, and every kind of record is
 * counted and summed one level up (checksum.ts): samples in their person and in their model, people and models in
 * the one row of `gallery`. So a record that vanished is missed as well.
 *
 * A name stands in one place only. Finding a person by name takes a map in memory.
 */
import { Damage } from './faults';
import type { Connection } from './connection';

/** "ARCF": tells this file from any other database. */
const APPLICATION_ID = 0x41524346;
/** Raised with every change of the layout. */
const LAYOUT = 1;

const STATEMENTS = [
  `CREATE TABLE gallery (
    id INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL,
    last_id INTEGER NOT NULL,
    erasure INTEGER NOT NULL,
    people INTEGER NOT NULL,
    people_sum INTEGER NOT NULL,
    models INTEGER NOT NULL,
    models_sum INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT`,
  `CREATE TABLE models (
    id INTEGER PRIMARY KEY,
    model TEXT NOT NULL,
    dimension INTEGER NOT NULL,
    samples INTEGER NOT NULL,
    sum INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT`,
  `CREATE TABLE people (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    samples INTEGER NOT NULL,
    sum INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT`,
  // The embedding comes last: what stands before it is read without it.
  `CREATE TABLE samples (
    id INTEGER PRIMARY KEY,
    person INTEGER NOT NULL,
    model INTEGER NOT NULL,
    time REAL NOT NULL,
    checksum INTEGER NOT NULL,
    thumbnail INTEGER,
    source TEXT NOT NULL,
    embedding BLOB NOT NULL
  ) STRICT`,
  'CREATE INDEX samples_of_people ON samples (person, model, time, checksum)',
  `CREATE TABLE thumbnails (
    sample INTEGER PRIMARY KEY,
    picture BLOB NOT NULL
  ) STRICT`,
  // People who were removed, and whose samples are still to be erased.
  'CREATE TABLE leaving (person INTEGER PRIMARY KEY) STRICT',
];

export function createSchema(connection: Connection): void {
  for (const statement of STATEMENTS) connection.run(statement);
  connection.run(`PRAGMA application_id = ${APPLICATION_ID}`);
  connection.run(`PRAGMA user_version = ${LAYOUT}`);
}

/** @throws Damage unless the file holds this very schema, or Error when a newer version wrote it. */
export function checkSchema(connection: Connection): void {
  const applicationId = connection.get('PRAGMA application_id')?.['application_id'];
  if (applicationId !== APPLICATION_ID) throw new Damage('gallery.sqlite is no gallery');
  const layout = connection.get('PRAGMA user_version')?.['user_version'];
  if (typeof layout === 'number' && layout > LAYOUT)
    throw new Error(
      `it was written by a newer version of ArcFlow (layout ${layout}, this version reads up to ${LAYOUT})`,
    );
  const found = connection.all('SELECT sql FROM sqlite_schema').map(({ sql }) => sql);
  if (layout !== LAYOUT || found.join(';') !== STATEMENTS.join(';'))
    throw new Damage('the schema of gallery.sqlite is not as it was written');
}

/** @throws Damage that says where pages, cells or rows do not fit together. */
export function checkStructure(connection: Connection): void {
  const [first] = connection.all('PRAGMA quick_check(1)').map((row) => Object.values(row)[0]);
  if (first !== 'ok') throw new Damage(String(first));
}
