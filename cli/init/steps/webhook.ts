import type { Hook } from '#forge/admin';
import type { Applied, Check, StepTools } from '#pipeline';
import { type InitContext, type InitStep, shown } from '../context.ts';
import { knowsSecret, startTestReceiver } from '../seat/receiver.ts';

/** Everything that can wake an agent. */
const events = ['push', 'issues', 'issue_label', 'issue_comment', 'pull_request', 'pull_request_review', 'pull_request_sync', 'status'] as const;

const arrivalSeconds = 10;

/** A webhook with a secret, and proof that a delivery of the forge arrives where we will listen. Without it the schedules still find everything, later. */
export const webhookStep = (repository: string): InitStep => ({
  id: `webhook/${repository}`,
  title: `webhook of ${repository}`,
  failure: 'degradable',
  timeoutSeconds: 90,
  check: (context) => checkHook(context, repository),
  apply: async (context, tools) => {
    const secret = readySecret(context);
    const { admin, settings, journal } = context;
    const present = await hooksAt(context, repository);
    const [stranger] = journal.made(keyOf(repository, settings.hookUrl)) ? [] : present;
    if (stranger !== undefined) {
      const tried = await tools.phase('test delivery', () => tryDelivery(context, { repository, id: stranger.id, secret }, tools));
      if (tried.warning === undefined) return { note: 'the one that is there delivers to us, signed with our secret' };
    }
    if (stranger !== undefined) journal.prove(strangersOf(repository), present.map(({ id }) => id).join(' '));
    journal.make(keyOf(repository, settings.hookUrl));
    // The secret of a hook can neither be read nor changed: one of ours that was not proved is made anew.
    for (const { id } of present) if (!isStranger(context, repository, id)) await admin.deleteHook(repository, id);
    const id = await admin.createHook(repository, { url: settings.hookUrl, secret, events });
    return tools.phase('test delivery', () => tryDelivery(context, { repository, id, secret }, tools));
  },
});

/** Hooks with our address that were there before us stay. */
const strangersOf = (repository: string): string => `webhooks of others of ${repository}`;
const isStranger = ({ journal }: InitContext, repository: string, id: number): boolean =>
  (journal.provedFor(strangersOf(repository)) ?? '').split(' ').includes(String(id));

const keyOf = (repository: string, url: string): string => `webhook ${url} of ${repository}`;

function readySecret({ secrets, settings, chance }: InitContext): string {
  const present = secrets.read(settings.secretFile);
  if (present !== null) return present;
  const secret = chance.secret(32);
  secrets.write(settings.secretFile, secret);
  return secret;
}

/** Hooks that post to us. */
async function hooksAt({ admin, settings }: InitContext, repository: string): Promise<readonly Hook[]> {
  const facts = await admin.findRepository(repository);
  if (facts === null || !facts.mayAdminister) return [];
  const withoutSlash = (url: string): string => url.replace(/\/$/, '');
  return (await admin.listHooks(repository)).filter(({ url }) => withoutSlash(url) === withoutSlash(settings.hookUrl));
}

async function checkHook(context: InitContext, repository: string): Promise<Check> {
  const { journal, secrets, settings } = context;
  const { hookUrl, secretFile } = settings;
  const hooks = await hooksAt(context, repository);
  const deliver = `have the forge deliver a test to ${hookUrl}`;
  if (hooks.length === 0) {
    const file = secrets.read(secretFile) === null ? ', with a new secret in' : ', with the secret in';
    return { state: 'absent', actions: [`create webhook ${hookUrl} of ${repository}${file} ${shown(context, secretFile)}`, deliver] };
  }
  const tested = secrets.read(secretFile) !== null && hooks.some(({ id, active }) => active && journal.proved(keyOf(repository, hookUrl), String(id)));
  if (tested) return { state: 'present' };
  return { state: 'drifted', actions: [`make our webhook ${hookUrl} of ${repository} anew, with the secret in ${shown(context, secretFile)}`, deliver] };
}

interface Delivery {
  readonly repository: string;
  readonly id: number;
  readonly secret: string;
}

async function tryDelivery(context: InitContext, { repository, id, secret }: Delivery, tools: StepTools): Promise<Applied> {
  const { admin, settings, journal, clock } = context;
  const receiver = await startTestReceiver(settings.listen, secret, clock).catch((error: unknown) =>
    error instanceof Error ? error : new Error(String(error)),
  );
  if (receiver instanceof Error)
    return {
      note: 'created',
      warning: `we cannot listen on ${settings.listen} (${receiver.message}): name an address of this machine with --listen, or change webhook.listen`,
    };
  if (receiver === null) return withoutReceiver(context, { repository, id, secret });
  try {
    await admin.testHook(repository, id);
    const arrival = await receiver.arrival(arrivalSeconds, tools.signal);
    if (arrival !== 'signed') return { note: 'created', warning: arrival === null ? notArrived(settings.hookUrl) : notSigned(settings.hookUrl) };
  } finally {
    await receiver.close();
  }
  journal.prove(keyOf(repository, settings.hookUrl), String(id));
  return { note: 'created; a signed test delivery arrived' };
}

/** Somebody listens there already: our own factory, which knows the secret, or a stranger. */
async function withoutReceiver({ settings, journal }: InitContext, { repository, id, secret }: Delivery): Promise<Applied> {
  if (await knowsSecret(settings.listen, secret, repository)) {
    journal.prove(keyOf(repository, settings.hookUrl), String(id));
    return { note: 'created; the running factory listens there and knows the secret' };
  }
  const warning = `${settings.listen} is in use by a program that does not take our signature: stop it, or choose another address with --listen; a factory of this instance that runs already reads a new secret when it is started again`;
  return { note: 'created', warning };
}

const notArrived = (url: string): string =>
  `no delivery reached ${url} within ${arrivalSeconds} s. Can the forge connect there? It refuses private addresses unless its setting [webhook] ALLOWED_HOST_LIST names them (loopback, private, or the host), and SKIP_TLS_VERIFY, a proxy or a firewall may stand between; another address: --webhook-url. Until then agents look by schedule alone`;

const notSigned = (url: string): string =>
  `a delivery reached ${url} without our signature: does another program post there, or a proxy change the body? Run init again when that is mended`;
