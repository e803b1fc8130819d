import type { Outcome, Tick } from '#agent';
import { parseCertificate } from '#domain/merge/certificate';
import { mergingRef } from '#domain/name';
import { finishMerge } from './finish.ts';
import { mergeCertified } from './land.ts';
import type { MergerPorts } from './observe.ts';

/**
 * A merge that some run began and did not finish: its certificate still lies on the forge. Merged meanwhile: finish it.
 * Still open and nothing moved: go on. Anything else: the certificate is void, give the lock back. Null: there is none.
 */
export async function resumeMerge(ports: MergerPorts, tick: Tick): Promise<Outcome | null> {
  const ref = mergingRef(tick.project.branch);
  const record = (await ports.git.listRefs(ref)).get(ref);
  if (record === undefined) return null;
  await ports.git.fetch();
  const text = await ports.git.readRecord(record);
  const certificate = text === null ? null : parseCertificate(text);
  if (certificate === null) return { kind: 'waiting', reason: `${ref} holds no certificate: a person has to look at it and delete it` };
  const pull = await ports.forge.findPullRequest(certificate.pullRequest);
  if (pull?.state === 'merged') return finishMerge(ports, tick, certificate, record);
  const tip = await ports.git.resolve(`refs/heads/${certificate.branch}`);
  if (pull?.state === 'open' && pull.head === certificate.head && tip === certificate.base) return mergeCertified(ports, tick, certificate, record);
  await ports.git.push([{ ref, to: null, expect: record }]);
  return { kind: 'acted', did: `voided the certificate of #${certificate.pullRequest}: head or base moved` };
}
