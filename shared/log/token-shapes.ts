/** What a hidden secret is replaced by. */
export const masked = '[masked]';

/** Hidden as a whole. */
const bare: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\bgh[opsru]_[A-Za-z0-9]{20,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,}/g,
  /\bglpat-[\w-]{20,}/g,
  /\bsk-(?:ant|proj|or|svcacct)-[\w-]{10,}/g,
  /\bsk-[A-Za-z0-9]{20,}/g,
  /\bxox[abprs]-[\w-]{10,}/g,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g,
];

/** Hidden between the first and the second group, which stay. */
const framed: readonly RegExp[] = [
  /(\bBearer\s+)[\w.~+/=-]{8,}()/gi,
  /(\bAuthorization\\?["']?\s*[:=]\s*\\?["']?(?:token|basic|bearer)\s+)[^\s"'\\,[]{6,}()/gi,
  /(\\*"(?:access_?|auth_?|refresh_?|forge_?)?(?:token|password|api_?key|client_?secret|secret)\\*"\s*:\s*\\*")[^"\\[]{6,}()/gi,
  /(\b[A-Z][A-Z0-9_]{0,60}(?:TOKEN|PASSWORD|PASSWD|SECRET|API_KEY)=)[^\s"',}\\[]{6,}()/g,
  /(:\/\/[^\s/:@"']{1,100}:)[^\s/@"'[]{3,200}(@)/g,
];

/** Hides what looks like a credential although nobody told us about it. Linear in the length of the text. */
export function maskTokenShapes(text: string): string {
  const clean = bare.reduce((rest, shape) => rest.replace(shape, masked), text);
  return framed.reduce((rest, shape) => rest.replace(shape, `$1${masked}$2`), clean);
}
