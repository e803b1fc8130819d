import type { RepositoryRow } from '../store/repository.ts';
import type { UserRow } from '../store/user.ts';
import type { World } from '../world.ts';

/** For whom an answer is shaped: links start with the origin by which the caller reached us. */
export interface Shape {
  readonly world: World;
  readonly origin: string;
  readonly viewer: UserRow | null;
}

export type Json = Readonly<Record<string, unknown>>;

export const repositoryPage = (shape: Pick<Shape, 'origin'>, repository: Pick<RepositoryRow, 'owner' | 'name'>): string =>
  `${shape.origin}/${repository.owner}/${repository.name}`;
export const repositoryApi = (shape: Pick<Shape, 'origin'>, repository: Pick<RepositoryRow, 'owner' | 'name'>): string =>
  `${shape.origin}/api/v1/repos/${repository.owner}/${repository.name}`;
