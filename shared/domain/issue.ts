import type { Untrusted } from './untrusted.ts';

/** One issue of the tracker, as a list query returns it. Pull requests are never issues here. */
export interface Issue {
  readonly number: number;
  readonly title: Untrusted;
  readonly body: Untrusted;
  readonly author: string;
  readonly state: 'open' | 'closed';
  readonly labels: ReadonlySet<string>;
  readonly assignees: readonly string[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Count of comments, so that a reader can skip the query when nothing was said. */
  readonly comments: number;
}

/** One comment of an issue or pull request (`author` is the forge login). */
export interface Comment {
  readonly id: number;
  readonly author: string;
  readonly body: Untrusted;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
