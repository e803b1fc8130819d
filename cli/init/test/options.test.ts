import { describe, expect, it } from 'vitest';
import { initCommand } from '../../commands/init.ts';
import { parseCall } from '../../command.ts';
import { readOptions } from '../options.ts';

const read = (...words: readonly string[]): ReturnType<typeof readOptions> => readOptions(parseCall(initCommand, words));

describe('the call of disinto init', () => {
  it.each([
    [['https://forge.example', 'acme/widgets'], 'https://forge.example', 'acme/widgets'],
    [['https://forge.example/', 'acme/widgets.git'], 'https://forge.example', 'acme/widgets'],
    [['http://forge.example:3000/acme/widgets'], 'http://forge.example:3000', 'acme/widgets'],
    [['https://host/git/acme/widgets.git/'], 'https://host/git', 'acme/widgets'],
    [['https://host/api/v1', 'acme/widgets'], 'https://host', 'acme/widgets'],
    [['--embedded', 'acme/widgets'], null, 'acme/widgets'],
  ])('%j', (words, forgeUrl, repository) => expect(read(...words)).toMatchObject({ forgeUrl, repository }));

  it.each([
    [['forge.example', 'acme/widgets'], 'is not the address of a forge'],
    [['ftp://forge.example', 'acme/widgets'], 'is not the address of a forge'],
    [['https://me:secret@forge.example', 'acme/widgets'], 'holds a password or token'],
    [['https://forge.example'], 'say which repository as well'],
    [['https://forge.example', 'widgets'], 'is not a repository'],
    [['https://forge.example', 'a/b/c'], 'is not a repository'],
    [['--embedded', 'acme/widgets', 'more'], 'takes only the repository'],
    [['https://forge.example', 'acme/widgets', '--logins', 'dev'], 'write agent=login'],
    [['https://forge.example', 'acme/..'], 'forges keep the name .. to themselves'],
    [['https://forge.example', 'acme/.git'], 'forges keep the name .git to themselves'],
    [['https://forge.example', 'acme/a.wiki'], 'forges keep the name a.wiki to themselves'],
    [['https://forge.example', `acme/${'a'.repeat(101)}`], 'has 101 characters'],
    [['https://forge.example', '../widgets'], 'no account has the name ..'],
    [['https://forge.example', 'acme/widgets', '--listen', '127.0.0.1:99999'], 'a port of 1 to 65535'],
    [['https://forge.example', 'acme/widgets', '--name', 'Bad Name'], '--name Bad Name: must be lower-case'],
    [['https://forge.example', 'acme/widgets', '--webhook-url', 'hooks.example'], 'must be an http:// or https:// address'],
    [['https://forge.example', 'acme/widgets', '--api', 'soap'], '--api soap'],
    [['--embedded', 'acme/widgets', '--admin-token-file', 'f'], 'leave --admin-token-file out'],
  ])('%j is refused: %s', (words, text) => {
    expect(() => read(...words)).toThrow(text);
    expect(() => read(...words)).toThrow(expect.objectContaining({ code: 2 }));
  });

  it('reads logins and keeps addresses to fill from as they are', () => {
    const options = read('https://f.example', 'a/b', '--logins', 'dev=x,ci=y', '--from', 'git@host:a/b.git');
    expect(options).toMatchObject({ logins: { dev: 'x', ci: 'y' }, from: 'git@host:a/b.git' });
  });
});
