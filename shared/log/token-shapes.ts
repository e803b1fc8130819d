import { tokenAt } from '#domain/text/token-start';

/** What a hidden secret is replaced by. */
export const masked = '[masked]';

/** Hidden as a whole. What cannot be a part of an ordinary word is hidden in the middle of one too. */
const bare: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
  /(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Z])/g,
  /gh[opsru]_[A-Za-z0-9]{20,}/g,
  /github_pat_[A-Za-z0-9_]{20,}/g,
  /glpat-[\w-]{20,}/g,
  tokenAt(String.raw`sk-(?:ant|proj|or|svcacct)-[\w-]{10,}`),
  tokenAt('sk-[A-Za-z0-9]{20,}'),
  /xox[abeprs]-[\w-]{10,}/g,
  tokenAt(String.raw`(?<!-)eyJ[\w-]{8,4000}\.eyJ[\w-]{8,8000}\.[\w-]{8,}`),
  /\d{8,10}:AA[\w-]{32,}/g,
  tokenAt(String.raw`hv[sbr]\.[\w-]{24,}`),
  /do[opr]_v1_[0-9a-f]{64}/g,
  /npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])/g,
  /AIza[\w-]{35}(?![\w-])/g,
];

/** Hidden between the first and the second group, which stay. */
const framed: readonly RegExp[] = [
  /(Bearer\s+)[\w.~+/=-]{8,}()/gi,
  /(Authorization\\?["']?\s*[:=]\s*\\?["']?(?:token|basic|bearer)\s+)[^\s"'\\,[]{6,}()/gi,
  /(\\*"(?:access_?|auth_?|refresh_?|forge_?)?(?:token|password|api_?key|client_?secret|secret)\\*"\s*:\s*\\*")[^"\\[]{6,}()/gi,
  /((?:TOKEN|PASSWORD|PASSWD|SECRET|API_KEY)=)[^\s"',}\\[]{6,}()/g,
  /((?:AccountKey|SharedAccessKey)=)[A-Za-z0-9+/=]{20,}()/gi,
  /(\bmachine\s{1,9}\S{1,200}\s{1,20}login\s{1,9}\S{1,100}\s{1,20}password\s{1,9})[^\s[]{3,}()/gi,
  /(:\/\/[^\s/:@"']{1,100}:)[^\s/@"'[]{3,200}(@)/g,
];

/** Hides what looks like a credential although nobody told us about it. Linear in the length of the text. */
export function maskTokenShapes(text: string): string {
  const clean = bare.reduce((rest, shape) => rest.replace(shape, masked), text);
  return framed.reduce((rest, shape) => rest.replace(shape, `$1${masked}$2`), clean);
}
