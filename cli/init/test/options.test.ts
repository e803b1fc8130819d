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
  ])('%j is refused: %s', (words, text) => expect(() => read(...words)).toThrow(text));

  it('reads logins and keeps addresses to fill from as they are', () => {
    const options = read('https://f.example', 'a/b', '--logins', 'dev=x,ci=y', '--from', 'git@host:a/b.git');
    expect(options).toMatchObject({ logins: { dev: 'x', ci: 'y' }, from: 'git@host:a/b.git' });
  });
});
