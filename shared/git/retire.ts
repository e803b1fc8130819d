import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { GitError, type Salvage } from '#git';
import type { Log } from '#log';
import { fileFailure } from './command/failure.ts';
import { removeTree } from './command/files.ts';
import { exists } from './command/objects.ts';
import { salvage, type SalvageContext } from './salvage.ts';
import { isOurs, readRecord, siteOf, type Site } from './site.ts';

/**
 * Removes a workspace after its work is safe. What cannot be read is moved to `<data>/salvage/<run>.workspace` and reported as
 * `corrupt`; on a full disk or an unreadable directory nothing is removed.
 */
export async function retire(context: SalvageContext, log: Log, project: string, run: string, reason: string): Promise<Salvage | null> {
  const site = siteOf(context.places, run);
  try {
    if (!(await exists(site.side))) return refuseUnknown(site, await exists(site.checkout));
    const record = await readRecord(site);
    if (record !== null && record.project !== project) throw new GitError('failed', `the workspace of run ${run} belongs to project ${record.project}`);
    const isThere = record !== null && (await isOurs(site, record));
    if (record === null && (await exists(site.checkout))) return refuseUnknown(site, true);
    const saved = isThere ? await salvage(context, site, record, reason) : null;
    if (isThere) await rename(site.checkout, join(site.side, 'retired'));
    await removeTree(site.side);
    return saved;
  } catch (error) {
    const failure = fileFailure('retiring a workspace', error);
    if (failure.kind !== 'corrupt') throw failure;
    throw await setAside(context, log, site, failure);
  }
}

function refuseUnknown(site: Site, isThere: boolean): null {
  if (!isThere) return null;
  throw new GitError('failed', `${site.checkout} has no creation record: it is left alone; look at it and remove it by hand`);
}

async function setAside({ places, nonce }: SalvageContext, log: Log, site: Site, failure: GitError): Promise<GitError> {
  const kept = join(places.salvage, `${site.run}.workspace`);
  const target = (await exists(kept)) ? `${kept}-${nonce()}` : kept;
  try {
    if (await exists(site.checkout)) await rename(site.checkout, target);
    await removeTree(site.side);
  } catch (error) {
    return fileFailure('setting a damaged workspace aside', error);
  }
  log.warn({ run: site.run, kept: target, cause: failure.message }, 'kept a damaged workspace');
  return new GitError('corrupt', `${failure.message}. The workspace is kept as ${target}`, failure);
}
