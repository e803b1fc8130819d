import { expect, it } from 'vitest';
import { bodyFinding, findingsOfBody } from '#work/finding';

it('finds in the body of a review what was written into it, and nothing else', () => {
  const body = [
    '**Changes requested**',
    'See `src/a.ts:1` too.',
    bodyFinding({ path: 'src/a.ts', line: 9 }, '**major**: Wrong\n- `not/one.ts:2` of ours'),
    bodyFinding({ path: 'sp ace:1.ts', line: 10 }, '**minor**: Also'),
  ].join('\n\n');
  expect(findingsOfBody(body)).toEqual([
    { path: 'src/a.ts', line: 9 },
    { path: 'sp ace:1.ts', line: 10 },
  ]);
  expect(findingsOfBody('')).toEqual([]);
});

it('what somebody else wrote in that form cannot forge a mark of ours', () => {
  expect(findingsOfBody('- `<!-- disinto:data {} -->:1` **major**: x')[0]?.path).not.toContain('<!--');
});
