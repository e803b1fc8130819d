import { fileURLToPath } from 'node:url';
import { gates } from './gates.ts';
import { fix } from './tools.ts';

/** `node test/gates/check.ts [--fix] [gate…]`: every gate, or those named; exit 1 when one is red. */
function main(args: readonly string[]): number {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  if (args.includes('--fix')) {
    const fixed = fix(root);
    process.stdout.write(fixed.output);
    return fixed.ok ? 0 : 1;
  }
  const wanted = args.length === 0 ? Object.keys(gates) : args;
  const red = wanted.filter((name) => !passes(name, root));
  console.log(red.length === 0 ? `${wanted.length} gates green` : `red: ${red.join(', ')}`);
  return red.length === 0 ? 0 : 1;
}

function passes(name: string, root: string): boolean {
  const gate = gates[name];
  if (gate === undefined) {
    console.log(`there is no gate ${name}; there are ${Object.keys(gates).join(', ')}`);
    return false;
  }
  const started = performance.now();
  const { ok, output } = gate(root);
  console.log(`${ok ? 'ok ' : 'RED'} ${name.padEnd(10)} ${((performance.now() - started) / 1000).toFixed(1)} s`);
  process.stdout.write(output.replace(/^(?=.)/gm, '    '));
  return ok;
}

process.exitCode = main(process.argv.slice(2));
