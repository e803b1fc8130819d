import { expect, it } from 'vitest';
import type { AgentConfig, Config } from '#config';
import { lastOn, sharersOf } from '../fire/decide.ts';
import { sample, sampleText } from './sample.ts';

function agentOf(config: Config, name: string): AgentConfig {
  const agent = config.agents[name];
  if (agent === undefined) throw new Error(`no agent ${name}`);
  return agent;
}

it.each([
  ['the other dev is disabled', 'dev', '', ['widgets', 'gadgets']],
  ['another dev works everywhere', 'dev', '[agents.dev-3]\n', []],
  ['another dev works on one project', 'dev', '[agents.dev-3]\nprojects = ["gadgets"]\n', ['widgets']],
  ['it works on one project only', 'dev-3', '[agents.dev-3]\nprojects = ["gadgets"]\n', []],
  ['it does not work', 'dev-2', '', []],
  ['merger', 'merger', '', ['widgets', 'gadgets']],
])('the last one of its role: %s', (_case, name, more, projects) => {
  const { config } = sample(`${sampleText}${more}`);
  expect(lastOn(agentOf(config, name), config)).toEqual(projects);
});

it('knows who else works with its account', () => {
  const { config: written } = sample(`${sampleText}[agents.dev-3]\nidentity = "Dev-Bot"\n[agents.dev-4]\n`);
  // No file can say this any more; what older ones said is still not taken away.
  const config = { ...written, agents: { ...written.agents, 'dev-4': { ...agentOf(written, 'dev-4'), identity: 'CI' } } };
  expect(sharersOf(agentOf(config, 'dev'), config)).toEqual(['dev-3']);
  expect(sharersOf(agentOf(config, 'dev-4'), config)).toEqual(['the CI of widgets', 'the CI of gadgets']);
  expect(sharersOf(agentOf(config, 'reviewer'), config)).toEqual([]);
});
