import { ForgeError } from '#forge';
import type { ForgeAdmin } from '#forge/admin';
import { anything, branch as branchSchema, content as contentSchema, tree as treeSchema } from './schema.ts';
import { type Site, piece } from './site.ts';

type Files = Pick<ForgeAdmin, 'hasBranch' | 'listFiles' | 'readFile' | 'createFiles'>;

const entriesPerPage = 1000;
const mostPages = 1000;

export function createFiles(site: Site, mask: (text: string) => string): Files {
  return {
    hasBranch: async (name, branch) => (await site.repository(name).find(`branches/${piece(branch)}`, branchSchema)) !== null,
    listFiles: async (name, branch) => {
      const repository = site.repository(name);
      const found = await repository.find(`branches/${piece(branch)}`, branchSchema);
      return found === null ? null : listTree(repository, found.commit.id);
    },
    readFile: async (name, branch, path) => {
      const where = `contents/${path.split('/').map(piece).join('/')}?ref=${piece(branch)}`;
      const found = await site.repository(name).find(where, contentSchema.or(anything));
      const file = contentSchema.safeParse(found).data;
      if (file?.type !== 'file') return null;
      if (file.encoding === 'base64' && typeof file.content === 'string') return Buffer.from(file.content, 'base64').toString('utf8');
      throw new ForgeError('malformed', `GET ${where}: the forge sends the file without its content; it may be too large`);
    },
    createFiles: async (name, { branch, from, message, files }) => {
      const body = {
        ...(from === undefined ? { branch } : { branch: from, new_branch: branch }),
        message: mask(message),
        files: Object.entries(files).map(([path, text]) => ({ operation: 'create', path, content: Buffer.from(mask(text)).toString('base64') })),
      };
      await site.repository(name).write('POST', 'contents', body, anything);
    },
  };
}

/** Paths of the files of a commit, whatever number there is. */
async function listTree(repository: ReturnType<Site['repository']>, commit: string): Promise<readonly string[]> {
  const paths = new Set<string>();
  let seen = 0;
  for (let page = 1; page <= mostPages; page += 1) {
    const query = `recursive=true&page=${page}&per_page=${entriesPerPage}`;
    const { tree, total_count: total, truncated } = await repository.read(`git/trees/${commit}?${query}`, treeSchema);
    for (const { path, type } of tree) if (type === 'blob') paths.add(path);
    seen += tree.length;
    if (tree.length === 0 || (!truncated && (total ?? 0) <= seen)) return [...paths];
  }
  throw new ForgeError('malformed', `the tree of ${commit} has more than ${mostPages} pages`);
}
