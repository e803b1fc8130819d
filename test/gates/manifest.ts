import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Finding, Verdict } from './finding.ts';
import { importRules } from './rules/import-rules.ts';

const Versions = z.record(z.string(), z.string()).optional();
const Manifest = z.object({ dependencies: Versions, devDependencies: Versions, optionalDependencies: Versions });

/** package.json: exact versions only, and every package that runs has a folder that owns it. */
export function checkManifest(root: string): Verdict {
  const path = 'package.json';
  const text = readFileSync(join(root, path), 'utf8');
  const lines = text.split('\n');
  const { dependencies = {}, devDependencies = {}, optionalDependencies = {} } = Manifest.parse(JSON.parse(text));
  const lineOf = (name: string): number => lines.findIndex((line) => line.includes(`"${name}":`)) + 1;
  const loose = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).flatMap(([name, version]): Finding[] =>
    /^\d+\.\d+\.\d+$/.test(version) ? [] : [{ path, line: lineOf(name), rule: 'exact-version', what: `${name} ${version}`, right: 'one exact version' }],
  );
  const owned = new Set(importRules.flatMap(({ may }) => may));
  const ownerless = Object.keys(dependencies).flatMap((name): Finding[] =>
    owned.has(name) || spawned.has(name) ? [] : [{ path, line: lineOf(name), rule: 'owned-package', what: name, right: 'give it to one folder in test/gates/rules/import-rules.ts' }],
  );
  return { looked: Object.keys({ ...dependencies, ...devDependencies }).length, findings: [...loose, ...ownerless], notes: [] };
}

/** Packages that are programs: started, never imported. */
const spawned = new Set(['@earendil-works/pi-coding-agent']);
