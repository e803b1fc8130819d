import { createHash } from 'node:crypto';
import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { asSha, type Sha } from '#domain/sha';
import { fileFailure } from './failure.ts';
import { readPlain } from './refs.ts';

/** Writes a loose object the way git does (written aside, then renamed), which saves starting git for each small object. */
export type WriteObject = (kind: 'blob' | 'tree' | 'commit', body: Buffer) => Promise<Sha>;

export type Hash = 'sha1' | 'sha256';

export function createWriteObject(objects: string, algorithm: Hash, nonce: () => string): WriteObject {
  return async (kind, body) => {
    const whole = Buffer.concat([Buffer.from(`${kind} ${body.length}\0`), body]);
    const sha = asSha(createHash(algorithm).update(whole).digest('hex'));
    const folder = join(objects, sha.slice(0, 2));
    const path = join(folder, sha.slice(2));
    if (await exists(path)) return sha;
    const aside = join(objects, `tmp_obj_${nonce()}`);
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(aside, await promisify(deflate)(whole), { mode: 0o444, flag: 'wx' });
      await rename(aside, path);
    } catch (error) {
      throw fileFailure('writing a git object', error);
    }
    return sha;
  };
}

/** The bytes of a tree that holds plain files. */
export function treeOf(files: readonly { readonly name: string; readonly blob: Sha }[]): Buffer {
  const sorted = [...files].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  return Buffer.concat(sorted.flatMap(({ name, blob }) => [Buffer.from(`100644 ${name}\0`), Buffer.from(blob, 'hex')]));
}

export async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

/** The hash of a git directory's object names. */
export async function hashOf(gitDir: string): Promise<Hash> {
  const config = (await readPlain(join(gitDir, 'config'), 1024 * 1024)) ?? '';
  return /^\s*objectformat\s*=\s*sha256/im.test(config) ? 'sha256' : 'sha1';
}
