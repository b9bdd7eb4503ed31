/**
 * The people and models of a store in memory, as of one revision, and their tables on the disk: they are read as a whole
 * and changed together.
 */
import { minus, plus, sameTally, tallyOf } from './checksum';
import type { Tally } from './checksum';
import type { Connection } from './connection';
import { Damage } from './faults';
import { markOf, readModels, readPeople, readState, writeModel, writePerson, writeState } from './records';
import type { Entry, Model, Person, State } from './records';

const ofRecord = (record: { readonly checksum: number } | undefined): Tally =>
  tallyOf(record ? [record.checksum] : []);

export class Listing {
  readonly #byName = new Map<string, Person>();
  readonly #byId = new Map<number, Person>();
  readonly #models = new Map<string, Model>();
  readonly #modelsById = new Map<number, Model>();

  private constructor(
    private readonly connection: Connection,
    private current: State,
  ) {}

  /** @throws Damage when a record is missing or not what was written. */
  static read(connection: Connection): Listing {
    const listing = new Listing(connection, readState(connection));
    for (const person of readPeople(connection)) listing.#keepPerson(person);
    for (const model of readModels(connection)) listing.#keepModel(model);
    const { people, models } = listing.current;
    if (!sameTally(people, tallyOf(listing.people().map(({ checksum }) => checksum))))
      throw new Damage('the list of people is not complete');
    if (!sameTally(models, tallyOf(listing.models().map(({ checksum }) => checksum))))
      throw new Damage('the list of models is not complete');
    return listing;
  }

  get state(): State {
    return this.current;
  }

  people(): Person[] {
    return [...this.#byId.values()];
  }

  models(): Model[] {
    return [...this.#models.values()].sort((a, b) => (a.model < b.model ? -1 : 1));
  }

  named(name: string): Person | undefined {
    return this.#byName.get(name);
  }

  person(id: number): Person | undefined {
    return this.#byId.get(id);
  }

  modelNamed(model: string): Model | undefined {
    return this.#models.get(model);
  }

  /** @throws Damage when a sample names a model that is not there. */
  model(id: number): Model {
    const model = this.#modelsById.get(id);
    if (!model) throw new Damage(`model ${id} is missing`);
    return model;
  }

  // ---- changes, within a transaction

  /** A number that nothing in the store has had yet. */
  nextId(): number {
    this.current = { ...this.current, lastId: this.current.lastId + 1 };
    return this.current.lastId;
  }

  /** Adds or replaces a person. */
  putPerson(person: Omit<Person, 'checksum'>): void {
    const former = this.#byId.get(person.id);
    if (former) this.#byName.delete(former.name);
    const written = writePerson(this.connection, person);
    this.#keepPerson(written);
    this.#count('people', former, written);
  }

  dropPerson(person: Person): void {
    this.connection.run('DELETE FROM people WHERE id = ?', person.id);
    this.#byId.delete(person.id);
    this.#byName.delete(person.name);
    this.#count('people', person, undefined);
  }

  putModel(model: Omit<Model, 'checksum'>): void {
    const former = this.#modelsById.get(model.id);
    const written = writeModel(this.connection, model);
    this.#keepModel(written);
    this.#count('models', former, written);
  }

  /** Counts samples of any models in or out; a model is there as long as it has samples. */
  countSamples(added: readonly Entry[], removed: readonly Entry[]): void {
    const changed = new Set([...added, ...removed].map(({ model }) => model));
    for (const id of changed) {
      const ofModel = (entries: readonly Entry[]): Tally =>
        tallyOf(entries.filter(({ model }) => model === id).map(markOf));
      const model = this.model(id);
      const samples = minus(plus(model.samples, ofModel(added)), ofModel(removed));
      if (samples.count > 0) this.putModel({ ...model, samples });
      else this.#dropModel(model);
    }
  }

  /** Counts the change itself. @returns the revision */
  commit({ erases }: { erases: boolean }): number {
    const revision = this.current.revision + 1;
    this.current = { ...this.current, revision, ...(erases && { erasure: revision }) };
    writeState(this.connection, this.current);
    return revision;
  }

  #dropModel(model: Model): void {
    this.connection.run('DELETE FROM models WHERE id = ?', model.id);
    this.#models.delete(model.model);
    this.#modelsById.delete(model.id);
    this.#count('models', model, undefined);
  }

  #count(
    kind: 'people' | 'models',
    former: { checksum: number } | undefined,
    now: { checksum: number } | undefined,
  ): void {
    const tally = plus(minus(this.current[kind], ofRecord(former)), ofRecord(now));
    this.current = { ...this.current, [kind]: tally };
  }

  #keepPerson(person: Person): void {
    this.#byId.set(person.id, person);
    this.#byName.set(person.name, person);
  }

  #keepModel(model: Model): void {
    this.#models.set(model.model, model);
    this.#modelsById.set(model.id, model);
  }
}
