import { join } from 'node:path';
import { alone } from '../gitea/lock.ts';
import { startGitea } from '../gitea.ts';

/** `node owner.ts gitea|lock <folder>`: holds a server or a lock, says so, and waits to be killed. */
const [what, folder = ''] = process.argv.slice(2);
if (what === 'gitea') {
  const forge = await startGitea();
  console.log(forge.url);
  setInterval(() => {}, 1000);
} else {
  await alone(
    join(folder, 'lock'),
    () => {},
    () => {
      console.log('held');
      return new Promise(() => setInterval(() => {}, 1000));
    },
  );
}
