import { describe, expect, it } from 'vitest';
import { missingOpsFiles, opsBookkeepingFiles, opsFolders, opsProtectedFiles } from './layout.ts';

const names = { project: 'acme/widgets', instance: 'disinto' };
/** What an ops repo of the first layout held. */
const older = [
  'README.md',
  'RESOURCES.md',
  'portfolio.md',
  'prerequisites.md',
  'evidence/engagement/.gitkeep',
  'evidence/red-team/.gitkeep',
  'knowledge/planner-memory.md',
  'sprints/edge-subpath-chat.md',
  'vault/pending/disinto-ops-branch-protection.md',
];

describe('layout of the ops repo', () => {
  it('gives a new repository every folder and file', () => {
    const files = missingOpsFiles([], names);
    for (const folder of opsFolders) expect(Object.keys(files)).toContain(`${folder}/.gitkeep`);
    expect(files['README.md']).toContain('acme/widgets');
    expect(files['vault/policy.toml']).toContain('release = "high"');
  });

  it('is complete after one round', () => {
    const once = Object.keys(missingOpsFiles(older, names));
    expect(missingOpsFiles([...older, ...once], names)).toEqual({});
  });

  it('#425: an older repository gets the folders that it lacks, and nothing that is there is replaced', () => {
    const files = missingOpsFiles(older, names);
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(['vault/policy.toml', 'vault/actions/.gitkeep', 'vault/approved/.gitkeep', 'vault/fired/.gitkeep', 'vault/rejected/.gitkeep']),
    );
    for (const path of older) expect(Object.keys(files)).not.toContain(path);
    expect(Object.keys(files)).not.toContain('vault/pending/.gitkeep');
  });

  it('lets agents keep books and nothing that sets off an action', () => {
    const begin = (glob: string): string => glob.replace('**', '');
    for (const guarded of opsProtectedFiles) for (const free of opsBookkeepingFiles) expect(begin(guarded).startsWith(begin(free))).toBe(false);
  });
});
