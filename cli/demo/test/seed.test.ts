import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startEmbeddedForge } from '../../../embedded/forge/server.ts';
import { systemChance, systemClock } from '../../../shared/clock/system.ts';
import { readFolder } from '../folder.ts';
import { demoLayout } from '../places.ts';
import { seedRepository } from '../seed.ts';
import { folderWith } from './place.ts';

it('all plain files become main, also those that a .gitignore names, but .git', async () => {
  const path = folderWith({
    'issues.yaml': '- title: One\n',
    'repo/.gitignore': 'dist/\n*.log\n',
    'repo/dist/app.js': 'x\n',
    'repo/a.log': 'x\n',
    'repo/.git/HEAD': 'ref: refs/heads/mine\n',
  });
  const folder = await readFolder(path);
  const layout = demoLayout(folder, join(path, '..', 'keep'));
  const server = await startEmbeddedForge({ directory: layout.forge, clock: systemClock, chance: systemChance });
  onTestFinished(() => server.close());
  await seedRepository(server, folder, 'main', []);
  const listed = execFileSync('git', ['--git-dir', layout.repository, 'ls-tree', '-r', '--name-only', 'main'], { encoding: 'utf8' });
  expect(listed.trim().split('\n')).toEqual(['.gitignore', 'a.log', 'dist/app.js']);
});
