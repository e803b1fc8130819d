import { ForgeError, type LabelDefinition } from '#forge';
import type { Repository } from './repository.ts';
import { type Label, label, labels as labelList } from './schema.ts';

/** For labels that only a name is known of. */
const neutral = '#ededed';

/** Labels of the repository. Ids are learnt from every answer that shows some and asked for when one is missing. */
export interface Labels {
  learn(labels: readonly Label[]): void;
  /** Ids for these names; labels that the repository lacks are created. */
  ids(names: readonly string[]): Promise<readonly number[]>;
  ensureExist(definitions: readonly LabelDefinition[]): Promise<void>;
  ensureOn(number: number, change: { readonly add: readonly string[]; readonly remove: readonly string[] }): Promise<void>;
}

export function createLabels(repository: Repository): Labels {
  const known = createKnown();
  const { learn } = known;
  const refresh = async (): Promise<void> => known.restart(await listLabels(repository));
  const ensureExist = async (definitions: readonly LabelDefinition[]): Promise<void> => {
    if (definitions.every((each) => known.idOf(each.name) !== undefined)) return;
    await refresh();
    const made: Label[] = [];
    for (const { name, colour, description } of definitions) {
      if (known.idOf(name) === undefined) made.push(await repository.write('POST', 'labels', { name, color: colour, description }, label));
    }
    learn(made);
    if (made.length > 0) learn(await dropTwins(repository, made));
  };
  const create = (names: readonly string[]): Promise<void> => ensureExist(names.map((name) => ({ name, colour: neutral, description: '' })));

  const ids = async (names: readonly string[]): Promise<readonly number[]> => {
    await create(names);
    return names.flatMap((name) => known.idOf(name) ?? []);
  };
  const add = (number: number, names: readonly string[]): Promise<readonly Label[]> => addLabels(repository, create, number, names);

  const ensureOn: Labels['ensureOn'] = async (number, change) => {
    const present = change.add.length > 0 ? await add(number, change.add) : null;
    if (present !== null) learn(present);
    const gone = change.remove.filter((name) => !change.add.includes(name));
    for (const name of gone) {
      if (present === null) await removeUnseen(number, name);
      else
        await remove(
          number,
          present.find((each) => each.name === name),
        );
    }
  };
  const remove = async (number: number, found: Label | undefined): Promise<void> => {
    if (found !== undefined) await repository.remove(`issues/${number}/labels/${found.id}`);
  };
  /** One request when the id is known: whoever asks for a removal saw the label on the issue, and so did we. */
  const removeUnseen = async (number: number, name: string): Promise<void> => {
    if (known.idOf(name) === undefined) await refresh();
    const id = known.idOf(name);
    if (id === undefined) return;
    const { status } = await repository.send('DELETE', `issues/${number}/labels/${id}`, null, [404, 422]);
    if (status < 300) return;
    // The id is stale (label made anew) or the issue does not carry it: look.
    known.forget(name);
    const present = await repository.read(`issues/${number}/labels`, labelList);
    learn(present);
    await remove(
      number,
      present.find((each) => each.name === name),
    );
  };
  return { learn, ids, ensureExist, ensureOn };
}

interface Known {
  learn(labels: readonly Label[]): void;
  restart(labels: readonly Label[]): void;
  idOf(name: string): number | undefined;
  forget(name: string): void;
}

function createKnown(): Known {
  const ids = new Map<string, number>();
  const names = new Map<number, string>();
  const learn: Known['learn'] = (labels) => {
    for (const { id, name } of labels) {
      const before = names.get(id);
      // Renamed: under its old name the label must not be found again.
      if (before !== undefined && before !== name && ids.get(before) === id) ids.delete(before);
      names.set(id, name);
      ids.set(name, id);
    }
  };
  const restart: Known['restart'] = (labels) => {
    ids.clear();
    names.clear();
    learn(labels);
  };
  return { learn, restart, idOf: (name) => ids.get(name), forget: (name) => void ids.delete(name) };
}

/**
 * The forge lets a name exist twice, which two processes that make it at the same time bring about: of two the older stays.
 * Answers the labels that stand for those just made.
 */
async function dropTwins(repository: Repository, made: readonly Label[]): Promise<readonly Label[]> {
  const all = await listLabels(repository);
  const oldest = (mine: Label): Label => all.filter((each) => each.name === mine.name).reduce((a, b) => (b.id < a.id ? b : a), mine);
  const kept = made.map(oldest);
  for (const mine of made) {
    if (!kept.some((each) => each.id === mine.id)) await repository.remove(`labels/${mine.id}`);
  }
  return kept;
}

const listLabels = (repository: Repository): Promise<readonly Label[]> => repository.list('labels', label, { counting: 'exact', idOf: (each) => each.id });

/** The forge drops names that it does not know without a word; its answer lists what the issue carries now. */
async function addLabels(
  repository: Repository,
  create: (names: readonly string[]) => Promise<void>,
  number: number,
  names: readonly string[],
): Promise<readonly Label[]> {
  const path = `issues/${number}/labels`;
  const first = await repository.send('POST', path, { labels: names }, [422]);
  const present = first.status === 422 ? [] : repository.parse('POST', path, first, labelList);
  if (missing(names, present).length === 0) return present;
  await create(missing(names, present));
  const after = await repository.write('POST', path, { labels: names }, labelList);
  const left = missing(names, after);
  if (left.length > 0) throw new ForgeError('invalid', `POST ${path}: the forge did not add ${left.join(', ')}`);
  return after;
}

const missing = (names: readonly string[], present: readonly Label[]): readonly string[] => names.filter((name) => !present.some((each) => each.name === name));
