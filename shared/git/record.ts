import { writeFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Chance, Clock } from '#clock';
import { notesRef } from '#domain/name';
import { GitError, type CommitDraft, type Git } from '#git';
import { coreConfig, makeGitDir, removeTree } from './command/files.ts';
import { createWriteObject, hashOf, treeOf, type WriteObject } from './command/objects.ts';
import { readRef } from './command/refs.ts';
import { text, type Run } from './command/run.ts';
import { renderCommit } from './parse/commit.ts';
import type { Places } from './places.ts';

export interface RecordContext {
  readonly run: Run;
  readonly places: Places;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Whom the commits that code makes name. */
  readonly author: CommitDraft['author'];
  readonly prepare: () => Promise<void>;
}

const fileName = 'record.json';

/** Makes objects in the store that no branch holds: commits, records for `refs/disinto/*`, notes. */
export function createRecords(
  context: RecordContext,
): Pick<Git, 'createCommit' | 'createRecord' | 'readRecord' | 'createNote' | 'readNote'> & { createMark(message: string): ReturnType<Git['createCommit']> } {
  const { run, places, clock, chance, author, prepare } = context;
  const writer = async (): Promise<WriteObject> => {
    await prepare();
    return createWriteObject(join(places.store, 'objects'), await hashOf(places.store), () => chance.secret(8));
  };
  const createCommit: Git['createCommit'] = async (draft) => await (await writer())('commit', renderCommit({ ...draft, at: clock.now() }));

  return {
    createCommit,
    createMark: async (message) => await createCommit({ tree: await (await writer())('tree', Buffer.alloc(0)), parents: [], message, author }),
    createRecord: async (name, content) => {
      const write = await writer();
      const blob = await write('blob', Buffer.from(content));
      return await createCommit({ tree: await write('tree', treeOf([{ name: fileName, blob }])), parents: [], message: name, author });
    },
    readRecord: async (sha) =>
      await readOrNull(run, [`--git-dir=${places.store}`, 'cat-file', 'blob', `${sha}:${fileName}`], /does not exist in|bad file|invalid object name/i),
    readNote: async (on) => await readOrNull(run, [`--git-dir=${places.store}`, 'notes', `--ref=${notesRef}`, 'show', on], /no note found/),
    createNote: async (on, content) => {
      const present = await readRef(places.store, notesRef);
      return { ref: notesRef, to: await addNote(context, on, content, present), expect: present };
    },
  };
}

/** Lets git write the note (it knows its own fan-out) on a private ref, so that the mirrored one changes by the push only. */
async function addNote(
  { run, places, clock, chance, author }: RecordContext,
  on: string,
  content: string,
  present: string | null,
): ReturnType<Git['createCommit']> {
  const gitDir = join(places.scratch, `notes-${chance.secret(8)}`);
  const objects = join(places.store, 'objects');
  const date = `${Math.floor(clock.now().getTime() / 1000)} +0000`;
  try {
    await makeGitDir(gitDir, { head: 'ref: refs/heads/none', config: coreConfig(await hashOf(places.store), true), alternates: [objects] });
    if (present !== null) {
      await mkdir(dirname(join(gitDir, notesRef)), { recursive: true });
      await writeFile(join(gitDir, notesRef), `${present}\n`);
    }
    const who = {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: author.name,
      GIT_COMMITTER_EMAIL: author.email,
      GIT_COMMITTER_DATE: date,
    };
    await run({
      args: [`--git-dir=${gitDir}`, 'notes', `--ref=${notesRef}`, 'add', '--force', '--file=-', on],
      input: content,
      env: { ...who, GIT_OBJECT_DIRECTORY: objects },
    });
    const made = await readRef(gitDir, notesRef);
    if (made === null) throw new GitError('failed', 'git notes add: made no note');
    return made;
  } finally {
    await removeTree(gitDir);
  }
}

async function readOrNull(run: Run, args: readonly string[], absent: RegExp): Promise<string | null> {
  try {
    return text(await run({ args }));
  } catch (error) {
    if (error instanceof GitError && absent.test(error.message)) return null;
    throw error;
  }
}
