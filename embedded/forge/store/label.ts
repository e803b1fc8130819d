import type { World } from '../world.ts';

export interface LabelRow {
  readonly id: number;
  readonly repo_id: number;
  readonly name: string;
  /** Six hex digits without `#`. */
  readonly color: string;
  readonly description: string;
  readonly exclusive: number;
  readonly archived: number;
}

export const listLabels = (world: World, repository: number): LabelRow[] =>
  world.database.all<LabelRow>('SELECT * FROM labels WHERE repo_id = ? ORDER BY name, id', repository);

export const labelsOf = (world: World, issue: number): LabelRow[] =>
  world.database.all<LabelRow>(
    'SELECT labels.* FROM issue_labels JOIN labels ON labels.id = issue_labels.label_id WHERE issue_id = ? ORDER BY labels.name, labels.id',
    issue,
  );

export const findLabel = (world: World, repository: number, id: number): LabelRow | undefined =>
  world.database.get<LabelRow>('SELECT * FROM labels WHERE repo_id = ? AND id = ?', repository, id);

/** Labels with one of these names or ids; what is unknown is left out, as Gitea does. */
export function knownLabels(world: World, repository: number, wanted: readonly (string | number)[]): LabelRow[] {
  const found = wanted.map((which) =>
    typeof which === 'number'
      ? findLabel(world, repository, which)
      : world.database.get<LabelRow>('SELECT * FROM labels WHERE repo_id = ? AND name = ? ORDER BY id', repository, which),
  );
  const known = found.filter((label) => label !== undefined);
  return [...new Map(known.map((label) => [label.id, label])).values()];
}

export function insertLabel(
  world: World,
  repository: number,
  label: { name: string; color: string; description: string; exclusive: boolean; archived: boolean },
): LabelRow {
  const { id } = world.database.run(
    'INSERT INTO labels (repo_id, name, color, description, exclusive, archived) VALUES (?, ?, ?, ?, ?, ?)',
    repository,
    label.name,
    label.color.replace(/^#/, '').toLowerCase(),
    label.description,
    label.exclusive ? 1 : 0,
    label.archived ? 1 : 0,
  );
  const row = findLabel(world, repository, id);
  if (row === undefined) throw new Error('the label vanished while it was made');
  return row;
}
