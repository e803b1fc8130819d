import { describe, expect, it } from 'vitest';
import { labelConflicts, labelRegistry, labelsOf } from '../label-registry.ts';
import { labels } from '../name.ts';

describe('the label registry', () => {
  it('names each label once, with a colour and who sets it', () => {
    expect(new Set(labelRegistry.map(({ name }) => name)).size).toBe(labelRegistry.length);
    for (const { colour, owner, description } of labelRegistry) {
      expect(colour).toMatch(/^#[0-9a-f]{6}$/);
      expect(owner.length).toBeGreaterThan(0);
      expect(description).not.toBe('');
    }
  });

  it('speaks only of labels that it has', () => {
    const names = new Set(labelRegistry.map(({ name }) => name));
    for (const { exclusiveWith, implies } of labelRegistry) for (const other of [...exclusiveWith, ...implies]) expect(names).toContain(other);
  });

  it('holds the labels of the core loop and those that were forgotten before', () => {
    const project = labelsOf('project').map(({ name }) => name);
    for (const { name } of Object.values(labels)) expect(project).toContain(name);
    for (const name of ['priority', 'formula', 'awaiting-live-verification', 'deployed', 'incident']) expect(project).toContain(name);
    expect(labelsOf('ops').map(({ name }) => name)).toEqual(expect.arrayContaining(['vault', 'pending-approval']));
  });

  it.each([
    [['backlog', 'priority'], []],
    [['backlog', 'blocked'], ['backlog and blocked exclude each other']],
    [['in-triage', 'backlog'], ['in-triage and backlog exclude each other']],
    [['pending-approval'], ['pending-approval goes with vault, which is missing']],
    [['pending-approval', 'vault', 'somebody-elses'], []],
  ])('judges %j', (names, expected) => expect(labelConflicts(names)).toEqual(expected));
});
