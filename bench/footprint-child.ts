import { join } from 'node:path';
import { readFolder } from '../cli/demo/folder.ts';
import { startKept, untilIdle } from './idle-factory.ts';

/** The factory of a demo that has nothing left to do, until SIGTERM. Says `ready` when it rests. */
const [folder = '', root = ''] = process.argv.slice(2);
const factory = await startKept(await readFolder(folder), join(root));
process.once('SIGTERM', () => void factory.close(0).then(() => process.exit(0)));
await untilIdle(factory, 3000);
process.stdout.write('ready\n');
