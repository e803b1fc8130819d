const closing = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+((?:[\w.-]+\/[\w.-]+)?)#([1-9]\d*)\b/gi;
const mention = /(^|[\s([{,;:'"])((?:[\w.-]+\/[\w.-]+)?)#([1-9]\d*)\b/g;

/** Numbers of the issues of this repository that the text names, and those among them that it says to close. Code is not read. */
export function mentionsIn(text: string, repository: string): { readonly named: ReadonlySet<number>; readonly closes: ReadonlySet<number> } {
  const prose = text
    .replace(/```[\s\S]*?(?:```|$)/g, ' ')
    .replace(/`[^`\n]*`/g, ' ')
    .replace(/<!--[\s\S]*?-->/g, ' ');
  const ours = (name: string | undefined): boolean => name === undefined || name === '' || name.toLowerCase() === repository.toLowerCase();
  const closes = [...prose.matchAll(closing)].filter((found) => ours(found[1])).map((found) => Number(found[2]));
  const named = [...prose.matchAll(mention)].filter((found) => ours(found[2])).map((found) => Number(found[3]));
  return { named: new Set([...named, ...closes]), closes: new Set(closes) };
}
