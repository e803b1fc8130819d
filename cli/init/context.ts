import { relative } from 'node:path';
import type { Chance, Clock } from '#clock';
import type { ForgeAdmin } from '#forge/admin';
import type { Step } from '#pipeline';
import type { GitHand } from './git-hand.ts';
import type { Journal } from './journal.ts';
import type { InitOptions } from './options.ts';
import type { SecretFiles } from './secret-files.ts';
import type { InitSettings } from './settings.ts';

/** What steps have at hand that set up accounts and their rights on a forge: those of `disinto init` and of `disinto hire`. */
export interface ForgeContext {
  readonly admin: ForgeAdmin;
  readonly me: { readonly login: string; readonly siteAdmin: boolean };
  /** `accounts`: every account of the factory. */
  readonly settings: Pick<InitSettings, 'file' | 'config' | 'accounts'>;
  readonly journal: Journal;
  readonly secrets: SecretFiles;
  readonly git: GitHand;
  readonly adminToken: string;
  readonly clock: Clock;
  readonly chance: Chance;
}

export type ForgeStep = Step<ForgeContext>;

/** What every step of `disinto init` has at hand. */
export interface InitContext extends ForgeContext {
  readonly options: InitOptions;
  readonly settings: InitSettings;
  /** Where the forge answers. */
  readonly url: string;
}

export type InitStep = Step<InitContext>;

/** A path as people see it: from the folder of the disinto.toml. */
export const shown = ({ settings }: Pick<ForgeContext, 'settings'>, path: string): string => {
  const short = relative(settings.file.slice(0, settings.file.lastIndexOf('/')), path);
  return short.startsWith('..') ? path : short;
};
