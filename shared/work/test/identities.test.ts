import { expect, it } from 'vitest';
import type { AgentConfig, Config, ProjectConfig } from '#config';
import { sessionLimits } from '../failure.ts';
import { identities } from '../identities.ts';

const agent = (role: string, identity: string): AgentConfig => ({
  name: identity,
  enabled: true,
  role,
  schedule: null,
  projects: [],
  backend: null,
  identity,
  tokenFile: null,
  passwordFile: null,
  gitSecret: 'token',
  limits: { turns: 60, tokens: 1000, usd: 2, usdPerDay: null, wallMinutes: 15, idleSeconds: 90 },
});
const reviewer = agent('reviewer', 'review-bot');
const config = { agents: { dev: agent('dev', 'dev-bot'), 'dev-2': agent('dev', 'dev-2'), reviewer } } as unknown as Config;
const project = { maintainers: ['ada', 'dev-bot'], ci: { account: 'woodpecker' } } as unknown as ProjectConfig;

it('C6: who may what is read from the roles of the configuration, never from names', () => {
  const who = identities(config, project);
  expect([...who.ofRole('dev')]).toEqual(['dev-bot', 'dev-2']);
  expect([...who.ofRole('reviewer'), ...who.ofRole('merger')]).toEqual(['review-bot']);
});

it('a fired agent stays one of us, and its verdicts count no more', () => {
  const fired = { ...reviewer, enabled: false, identity: 'review-2-bot' };
  const who = identities({ agents: { ...config.agents, 'reviewer-2': fired } } as unknown as Config, project);
  expect(who.people.isAgent('review-2-bot')).toBe(true);
  expect([...who.ofRole('reviewer')]).toEqual(['review-bot', 'review-2-bot']);
  expect([...who.reviewers]).toEqual(['review-bot']);
});

it.each([
  ['ada', false, true],
  ['review-bot', true, false],
  ['woodpecker', true, false],
  ['dev-bot', true, false],
  ['reviewer', false, false],
  ['stranger', false, false],
])('%s is an agent: %s, a maintainer: %s', (login, isAgent, isMaintainer) => {
  const { people } = identities(config, project);
  expect([people.isAgent(login), people.isMaintainer(login)]).toEqual([isAgent, isMaintainer]);
});

it('L6, L11: a session is bounded by what its own agent is configured with', () => {
  expect(sessionLimits(reviewer.limits)).toEqual({ turns: 60, tokens: 1000, usd: 2, wallSeconds: 900, idleSeconds: 90 });
});
