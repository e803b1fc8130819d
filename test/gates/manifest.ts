import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Finding, Verdict } from './finding.ts';
import { importRules } from './rules/import-rules.ts';

const Versions = z.record(z.string(), z.string()).optional();
const Lock = z.object({ packages: z.record(z.string(), z.object({ optionalDependencies: Versions })) });
const Manifest = z.object({ dependencies: Versions, devDependencies: Versions, optionalDependencies: Versions });

/** package.json: exact versions only, every package that runs has a folder that owns it, and the lockfile suffices for `npm ci`. */
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
    owned.has(name) || spawned.has(name)
      ? []
      : [{ path, line: lineOf(name), rule: 'owned-package', what: name, right: 'give it to one folder in test/gates/rules/import-rules.ts' }],
  );
  return { looked: Object.keys({ ...dependencies, ...devDependencies }).length, findings: [...loose, ...ownerless, ...lockFindings(root)], notes: [] };
}

/** A registry that lacks a package for another platform makes npm write a lockfile without it, which `npm ci` then refuses everywhere. */
function lockFindings(root: string): readonly Finding[] {
  const path = 'package-lock.json';
  const { packages } = Lock.parse(JSON.parse(readFileSync(join(root, path), 'utf8')));
  return Object.entries(packages).flatMap(([owner, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).flatMap((name): Finding[] => {
      const known = packages[`node_modules/${name}`] ?? packages[`${owner}/node_modules/${name}`];
      if (known !== undefined) return [];
      return [
        {
          path,
          line: 1,
          rule: 'complete-lock',
          what: `${name} of ${owner} is missing`,
          right: 'an entry with version, os and cpu, though this registry lacks it',
        },
      ];
    }),
  );
}

/** Packages that are programs: started, never imported. */
const spawned = new Set(['@earendil-works/pi-coding-agent']);
