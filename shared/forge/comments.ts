import type { Comment } from '#domain/issue';
import { keyMark, keyOf } from '#domain/marker';
import { type Forge, ForgeError } from '#forge';
import type { Repository } from './repository.ts';
import { comment } from './schema.ts';

export function createComments(repository: Repository, me: () => Promise<string>): Pick<Forge, 'listComments' | 'ensureComment'> {
  // Not paged: the forge ignores `page` and `limit` here.
  const listComments: Forge['listComments'] = async (number) => {
    const found = await repository.below(number, () => repository.listWhole(`issues/${number}/comments`, comment));
    return found.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || a.id - b.id);
  };
  const mine = async (comments: readonly Comment[], key: string): Promise<readonly Comment[]> => {
    const login = await me();
    return comments.filter((each) => each.author === login && keyOf(each.body) === key);
  };
  /** A crash between two writers of one account can leave two; the oldest stays, where people answered it. */
  const dropExtra = async (extra: readonly Comment[]): Promise<void> => {
    for (const each of extra) await repository.remove(`issues/comments/${each.id}`);
  };
  const edit = async (first: Comment, text: string): Promise<'updated' | 'unchanged' | 'gone'> => {
    if (sameText(first.body, text)) return 'unchanged';
    const { status } = await repository.send('PATCH', `issues/comments/${first.id}`, { body: text }, [404]);
    return status === 404 ? 'gone' : 'updated';
  };
  const ensureComment: Forge['ensureComment'] = async (number, key, body, known) => {
    const text = keyed(key, body);
    const [first, ...extra] = await mine(known ?? (await listComments(number)), key);
    await dropExtra(extra);
    const edited = first === undefined ? 'gone' : await edit(first, text);
    if (edited !== 'gone') return edited;
    // The hint named a comment that somebody deleted: look again before writing a new one.
    if (first !== undefined && known !== undefined) return ensureComment(number, key, body);
    await repository.write('POST', `issues/${number}/comments`, { body: text }, comment);
    return 'created';
  };
  return { listComments, ensureComment };
}

function keyed(key: string, body: string): string {
  const mark = keyMark(key);
  if (keyOf(mark) !== key) throw new ForgeError('invalid', `comment key ${JSON.stringify(key)}: use lower-case letters, digits, / . and -`);
  return keyOf(body) === key ? body : `${mark}\n${body}`;
}

const sameText = (a: string, b: string): boolean => normal(a) === normal(b);
const normal = (text: string): string => text.replaceAll('\r\n', '\n').trim();
