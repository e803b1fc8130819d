import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { asSha } from '#domain/sha';
import { configApproval } from '#work/approval';
import { type Proof, verifyMerge } from '#work/verify-merge';
import { startEmbeddedForge } from '../../embedded/forge/server.ts';
import { systemChance, systemClock } from '../../shared/clock/system.ts';
import { createCi } from '../../shared/ci/ci-adapter.ts';
import { createForge } from '../../shared/forge/forgejo.ts';
import { createGit } from '../../shared/git/store.ts';
import { silentLog } from '../../shared/log/pino.ts';
import { people } from '../demo/seed.ts';
import { verifyOnInstance } from '../instance.ts';
import { type Args, CliError, type Command } from '../command.ts';
import { needGit } from '../need-git.ts';
import { configPath, placeOptions } from '../place.ts';
import { print } from '../print.ts';

export const verifyMergeCommand: Command = {
  name: 'verify-merge',
  usage: 'SHA [--json] [--config FILE | --keep DIR]',
  summary: 'Checks a merge commit against its certificate: what landed is what was tested and approved.',
  options: { json: { kind: 'flag', summary: 'one JSON document' }, ...placeOptions },
  details: 'Exit code 1 when a claim does not hold or there is no certificate.',
  words: { min: 1, max: 1 },
  run: async (args: Args) => {
    const sha = fullSha(args.words[0] ?? '');
    needGit();
    const keep = args.text('keep');
    const proofs = keep === null ? await verifyOnInstance(configPath(args), sha) : await verifyKept(resolve(keep), sha);
    if (args.flag('json')) print(JSON.stringify({ commit: sha, ok: proofs.every((proof) => proof.holds), proofs }, null, 2));
    else for (const proof of proofs) print(`${proof.holds ? 'ok  ' : 'FAIL'}  ${proof.claim} (${proof.detail})`);
    return proofs.every((proof) => proof.holds) ? 0 : 1;
  },
};

function fullSha(text: string) {
  try {
    return asSha(text.toLowerCase());
  } catch (error) {
    throw new CliError(`${text} is not a full commit name; take it from \`git log\``, 2, error);
  }
}

/** Whatever its configuration was, the demo's checks are its workflows. */
const ciOfDemo = { kind: null, contexts: 'workflows', url: null, tokenFile: null, passwordFile: null, gitSecret: 'token' } as const;

/** Starts the forge of a kept demo for as long as the questions take. */
async function verifyKept(root: string, sha: ReturnType<typeof asSha>): Promise<readonly Proof[]> {
  const common = { clock: systemClock, chance: systemChance, log: silentLog };
  const name = readdirSync(join(root, 'forge', people.owner))
    .find((entry) => entry.endsWith('.git'))
    ?.slice(0, -4);
  if (name === undefined) throw new CliError(`${root} holds no kept demo`);
  const server = await startEmbeddedForge({ directory: join(root, 'forge'), ...common });
  try {
    const token = server.seed.createToken(people.maintainer, 'verify-merge');
    const repository = `${people.owner}/${name}`;
    const forge = createForge({ url: server.url, repository, token: () => token, timeoutSeconds: 30, ...common });
    const git = createGit({
      data: root,
      project: name,
      remoteUrl: `${server.url}/${repository}.git`,
      credentials: { login: people.maintainer, token: () => token },
      ...common,
    });
    const config = { ...ciOfDemo, account: people.ci };
    const ci = createCi({ forge, git, config, log: silentLog, configAllowed: configApproval(git) });
    return await verifyMerge({ git, forge, ci }, { repository, ciAccount: people.ci }, sha);
  } finally {
    await server.close();
  }
}
