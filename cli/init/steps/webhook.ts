import { createHash } from 'node:crypto';
import type { Hook } from '#forge/admin';
import type { Applied, Check, StepTools } from '#pipeline';
import { type InitContext, type InitStep, shown } from '../context.ts';
import { knowsSecret, startTestReceiver } from '../seat/receiver.ts';

/** Everything that can wake an agent. */
const events = ['push', 'issues', 'issue_label', 'issue_comment', 'pull_request', 'pull_request_review', 'pull_request_sync', 'status'] as const;

const arrivalSeconds = 10;

/** Hooks of others with our address that are asked whether they know our secret, in one run. */
const mostStrangers = 4;

/**
 * A webhook with a secret, and proof that a delivery of the forge arrives where we will listen. Without it the schedules still find
 * everything, later. Only the hook that this instance made, known by its id, is changed or removed; another one with our address is
 * named and stays, and is used when its deliveries turn out to be signed with our secret.
 */
export const webhookStep = (repository: string): InitStep => ({
  id: `webhook/${repository}`,
  title: `webhook of ${repository}`,
  failure: 'degradable',
  timeoutSeconds: 90,
  check: (context) => checkHook(context, repository),
  apply: (context, tools) => bringAbout(context, repository, tools),
});

async function bringAbout(context: InitContext, repository: string, tools: StepTools): Promise<Applied> {
  const { secrets, settings } = context;
  const wasOpen = secrets.isOpen(settings.secretFile);
  if (wasOpen) secrets.close(settings.secretFile);
  const found = await lookAt(context, repository);
  const done = await bringHere(context, repository, found, tools);
  for (const { id, url } of found.elsewhere) {
    await context.admin.deleteHook(repository, id);
    context.journal.prove(ownKey(context, repository, url), 'none');
  }
  const closed = wasOpen ? [`${shown(context, settings.secretFile)} closed to others`] : [];
  return { ...done, note: [...closed, done.note, ...found.elsewhere.map(({ url }) => `our webhook ${url} removed`)].join('; ') };
}

async function bringHere(context: InitContext, repository: string, found: Found, tools: StepTools): Promise<Applied> {
  const known = context.secrets.read(context.settings.secretFile);
  if (found.proved !== null) return mend(context, repository, found.proved);
  if (known !== null && found.own === null) {
    for (const { id } of found.strangers.slice(0, mostStrangers)) if (await takeStranger(context, { repository, id, secret: known }, tools)) return taken;
  }
  const made = await makeHook(context, repository, found);
  const tried = await tools.phase('test delivery', () => tryDelivery(context, { repository, ...made }, tools));
  return { ...tried, note: [tried.note, ...sayStrangers(repository, found.strangers)].join('; ') };
}

const taken = { note: 'the one that is there delivers to us, signed with our secret' };

const sayStrangers = (repository: string, strangers: readonly Hook[]): readonly string[] =>
  strangers.map(({ id }) => `webhook ${id} of ${repository} posts to the same address and is not ours: it stays, and what it posts is refused`);

/** Events are what the forge tells of; a filter keeps pushes of other branches back. */
function lacksOf({ events: present, branchFilter, active }: Hook): readonly string[] {
  const missing = events.filter((event) => !present.includes(event));
  return [
    ...(active ? [] : ['it is switched off']),
    ...(missing.length === 0 ? [] : [`it does not tell of ${missing.join(', ')}`]),
    ...(['', '*', '**'].includes(branchFilter) ? [] : [`it tells only of pushes to ${branchFilter}`]),
  ];
}

/** The hook whose deliveries were proved: ours is brought back to what it was; one of others is as they want it. */
async function mend(context: InitContext, repository: string, hook: Hook): Promise<Applied> {
  const lacks = isHookOurs(context, repository, hook.id) ? lacksOf(hook) : [];
  if (lacks.length === 0) return { note: `webhook ${hook.id} as it was` };
  await context.admin.editHook(repository, hook.id, { events, branchFilter: '' });
  const after = (await context.admin.listHooks(repository)).find(({ id }) => id === hook.id);
  const left = after === undefined ? ['it is gone'] : lacksOf(after);
  if (left.length > 0) throw new Error(`the forge took the change of webhook ${hook.id} of ${repository}, and yet ${left.join('; ')}`);
  return { note: 'mended, read back' };
}

/** In its place when it is there already, because a secret can neither be read nor changed. */
async function makeHook(context: InitContext, repository: string, { own, strangers }: Found): Promise<{ readonly id: number; readonly secret: string }> {
  const { admin, journal, settings } = context;
  const secret = readySecret(context);
  if (own !== null) {
    await admin.deleteHook(repository, own.id);
    journal.prove(ownKey(context, repository), 'none');
  }
  // A kill before its id is known: then it is one that was not there before and knows our secret.
  journal.begin(ownKey(context, repository), strangers.map(({ id }) => id).join(' '));
  const id = await admin.createHook(repository, { url: settings.hookUrl, secret, events });
  journal.prove(ownKey(context, repository), String(id));
  journal.end(ownKey(context, repository));
  return { id, secret };
}

/** Whether a hook that we do not know delivers with our secret, as only our own does that a killed run made, or one that a person made for us. */
async function takeStranger(context: InitContext, delivery: Delivery, tools: StepTools): Promise<boolean> {
  const { settings, journal, clock } = context;
  const { repository, id, secret } = delivery;
  const receiver = await startTestReceiver(settings.listen, secret, clock).catch(() => null);
  if (receiver === null) return false;
  try {
    await tools.phase('test delivery', () => context.admin.testHook(repository, id));
    if ((await receiver.arrival(arrivalSeconds, tools.signal)) !== 'signed') return false;
  } finally {
    await receiver.close();
  }
  const before = journal.open(ownKey(context, repository));
  if (before !== null && !before.split(' ').includes(String(id))) journal.prove(ownKey(context, repository), String(id));
  if (before !== null) journal.end(ownKey(context, repository));
  prove(context, delivery);
  return true;
}

const keyOf = (repository: string, url: string): string => `webhook ${url} of ${repository}`;
/** Of the webhook that this instance made; `url`: where it posts, by default where we listen. */
const ownKey = ({ settings }: InitContext, repository: string, url = settings.hookUrl): string => `our ${keyOf(repository, url)}`;

/** By the id that the forge gave it. Journals of old have only that of the hook that was proved, beside the note that we made one. */
function isHookOurs(context: InitContext, repository: string, id: number): boolean {
  const { journal, settings } = context;
  const key = keyOf(repository, settings.hookUrl);
  const known = journal.provedFor(ownKey(context, repository));
  return known === null ? journal.made(key) && journal.proved(key, String(id)) : known === String(id);
}

/** A proof holds for one hook and one secret. */
const proofOf = (id: number, secret: string): string => `${id} ${createHash('sha256').update(secret).digest('hex').slice(0, 16)}`;
const prove = ({ journal, settings }: InitContext, { repository, id, secret }: Delivery): void =>
  journal.prove(keyOf(repository, settings.hookUrl), proofOf(id, secret));

function isProved({ journal, secrets, settings }: InitContext, repository: string, id: number): boolean {
  const secret = secrets.read(settings.secretFile);
  const key = keyOf(repository, settings.hookUrl);
  return secret !== null && (journal.proved(key, proofOf(id, secret)) || journal.proved(key, String(id)));
}

function readySecret({ secrets, settings, chance }: InitContext): string {
  const present = secrets.read(settings.secretFile);
  if (present !== null) return present;
  const secret = chance.secret(32);
  secrets.write(settings.secretFile, secret);
  return secret;
}

interface Found {
  /** Delivers to us, as a test showed: ours, or one of others. */
  readonly proved: Hook | null;
  /** The one that we made. */
  readonly own: Hook | null;
  /** Post to our address, and are not ours. */
  readonly strangers: readonly Hook[];
  /** Ours, and post to where we listened before. */
  readonly elsewhere: readonly Hook[];
}

async function lookAt(context: InitContext, repository: string): Promise<Found> {
  const { admin, settings } = context;
  const facts = await admin.findRepository(repository);
  const all = facts?.mayAdminister === true ? await admin.listHooks(repository) : [];
  const withoutSlash = (url: string): string => url.replace(/\/$/, '');
  const hooks = all.filter(({ url }) => withoutSlash(url) === withoutSlash(settings.hookUrl));
  const own = hooks.find(({ id }) => isHookOurs(context, repository, id)) ?? null;
  const proved = hooks.find((hook) => isProved(context, repository, hook.id) && (hook.active || hook === own)) ?? null;
  const elsewhere = all.filter((hook) => !hooks.includes(hook) && context.journal.provedFor(ownKey(context, repository, hook.url)) === String(hook.id));
  return { proved, own, strangers: hooks.filter((hook) => hook !== own), elsewhere };
}

async function checkHook(context: InitContext, repository: string): Promise<Check> {
  const { secrets, settings } = context;
  const { hookUrl, secretFile } = settings;
  const { proved, own, strangers, elsewhere } = await lookAt(context, repository);
  const file = shown(context, secretFile);
  const remove = elsewhere.map(({ url }) => `remove our webhook ${url} of ${repository}, where we do not listen any more`);
  const tidy = [...(secrets.isOpen(secretFile) ? [`close ${file} to others (mode 0600)`] : []), ...remove];
  const deliver = `have the forge deliver a test to ${hookUrl}`;
  if (proved !== null) {
    const lacks = proved === own ? lacksOf(proved) : [];
    const actions = [...lacks.map((lack) => `mend our webhook ${hookUrl} of ${repository}: ${lack}`), ...tidy];
    return actions.length === 0 ? { state: 'present' } : { state: 'drifted', actions };
  }
  if (own !== null) return { state: 'drifted', actions: [...tidy, `make our webhook ${hookUrl} of ${repository} anew, with the secret in ${file}`, deliver] };
  const unknown = secrets.read(secretFile) === null;
  const beside = strangers.map(({ id }) =>
    unknown
      ? `leave webhook ${id} of ${repository}, which posts there as well and is not ours`
      : `see whether webhook ${id} of ${repository}, which posts there and is not ours, knows our secret: then it is used in place of a new one; it stays either way`,
  );
  return {
    state: 'absent',
    actions: [...tidy, ...beside, `create webhook ${hookUrl} of ${repository}, with ${unknown ? 'a new' : 'the'} secret in ${file}`, deliver],
  };
}

interface Delivery {
  readonly repository: string;
  readonly id: number;
  readonly secret: string;
}

async function tryDelivery(context: InitContext, { repository, id, secret }: Delivery, tools: StepTools): Promise<Applied> {
  const { admin, settings, clock } = context;
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
  prove(context, { repository, id, secret });
  return { note: 'created; a signed test delivery arrived' };
}

/** Somebody listens there already: our own factory, which knows the secret, or a stranger. */
async function withoutReceiver(context: InitContext, { repository, id, secret }: Delivery): Promise<Applied> {
  const { settings } = context;
  if (await knowsSecret(settings.listen, secret, repository)) {
    prove(context, { repository, id, secret });
    return { note: 'created; the running factory listens there and knows the secret' };
  }
  const warning = `${settings.listen} is in use by a program that does not take our signature: stop it, or choose another address with --listen; a factory of this instance that runs already reads a new secret when it is started again`;
  return { note: 'created', warning };
}

const notArrived = (url: string): string =>
  `no delivery reached ${url} within ${arrivalSeconds} s. Can the forge connect there? It refuses private addresses unless its setting [webhook] ALLOWED_HOST_LIST names them (loopback, private, or the host), and SKIP_TLS_VERIFY, a proxy or a firewall may stand between; another address: --webhook-url. Until then agents look by schedule alone`;

const notSigned = (url: string): string =>
  `a delivery reached ${url} without our signature: does another program post there, or a proxy change the body? Run init again when that is mended`;
