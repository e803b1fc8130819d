import type { Untrusted } from './untrusted.ts';

/** `yes`: says so. `no`: refuses, asks back or puts off. `neither`: says something else. */
export type Assent = 'yes' | 'no' | 'neither';

/** Begins with the word itself: whatever follows explains it. */
const explicit = /^(?:@\S+[\s,:]*)*\W{0,3}(?:un-?park|approved?|lgtm)\b(?!\s*\?)/i;
const consent =
  /\b(?:approved?|accepted?|agreed?|lgtm|ok(?:ay)?|yes|yep|sure|fine|good|great|welcome|go(?:es)? (?:ahead|on)|proceed|continue|resume|do it|do so|ship it|merge it|publish it|please (?:do|go|implement|start|take|work|proceed|continue|resume|merge|publish|apply))\b|\+1|👍|✅/iu;
const refusal =
  /\?|\b(?:no|not|cannot|\w+n['’]t|nope|never|nor|without|unless|until|instead|but|however|wait|hold|stop|later|first|refused?|reject(?:ed)?|declined?|den(?:y|ied)|against|disagree|revert|undo|remove|drop|leave|wontfix|spam|wrong|bad|close)\b|👎|❌/iu;

/**
 * What a maintainer's comment says to the question whether something may go on. What is quoted or code is not his word. When in doubt it is
 * no `yes`: nothing is let in by a sentence that was read wrongly, and `approved` as the first word always counts.
 */
export function readAssent(body: Untrusted): Assent {
  const own = body
    .replaceAll(/^(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^\1[^\n]*$|$(?![\s\S]))/gm, '')
    .replaceAll(/^\s*>.*$/gm, '')
    .replaceAll(/`[^`\n]*`/g, '')
    .trim();
  if (explicit.test(own)) return 'yes';
  if (refusal.test(own)) return 'no';
  return consent.test(own) ? 'yes' : 'neither';
}
