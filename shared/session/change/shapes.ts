import { tokenAt } from '#domain/text/token-start';

type Shapes = readonly (readonly [string, RegExp])[];

/** Shapes so exact that nothing else has them: a secret whatever the value looks like, in the middle of a word too. */
export const exactShapes: Shapes = [
  ['AWS access key', /(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Z])/g],
  ['AWS secret key', /aws_?secret_?(?:access_?)?key["'`\]]{0,2}\s{0,9}(?::=|=>|[:=])\s{0,9}["'`]?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/gi],
  ['GitHub token', /gh[opsur]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{50}/g],
  ['GitLab token', /gl(?:pat|dt|rt|cbt|ptt)-[A-Za-z0-9_]{20}(?![\w-])/g],
  ['Slack token', /xox[abeprs]-\d{9,14}-\d{9,14}-[A-Za-z0-9-]{10}/g],
  ['Anthropic key', /sk-ant-[a-z]{3,6}\d\d-[\w-]{80}/g],
  ['OpenAI key', tokenAt(String.raw`sk-(?:[A-Za-z0-9]{48}(?![\w-])|(?:proj-|svcacct-|admin-)?[\w-]{15,90}T3BlbkFJ[\w-]{15})`)],
  ['Google key', /AIza[\w-]{35}(?![\w-])|GOCSPX-[\w-]{28}(?![\w-])/g],
  ['Stripe key', tokenAt('[rs]k_live_[0-9A-Za-z]{24}')],
  ['npm token', /npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])/g],
  ['PyPI token', /pypi-AgE[\w-]{50}/g],
  ['SendGrid key', tokenAt(String.raw`SG\.[\w-]{22}\.[\w-]{43}(?![\w-])`)],
  ['Hugging Face token', tokenAt('hf_[A-Za-z]{34}(?![A-Za-z0-9])')],
  ['age key', /AGE-SECRET-KEY-1[0-9A-Z]{58}/g],
  ['JWT', tokenAt(String.raw`(?<!-)eyJ[\w-]{8,2000}\.eyJ[\w-]{8,3000}\.[\w-]{8}`)],
  ['Telegram token', /\d{8,10}:AA[\w-]{32,34}(?![\w-])/g],
  ['Azure key', /(?:AccountKey|SharedAccessKey)=(?:[A-Za-z0-9+/]{86}==|[A-Za-z0-9+/]{43}=)/gi],
  ['Vault token', tokenAt(String.raw`hv[sbr]\.[\w-]{24}`)],
  ['DigitalOcean token', /do[opr]_v1_[0-9a-f]{64}/g],
  ['Databricks token', tokenAt('dapi[0-9a-f]{32}(?![0-9A-Za-z])')],
  ['Twilio key', tokenAt('SK[0-9a-f]{32}(?![0-9A-Za-z])')],
  ['Shopify token', /shp(?:at|ca|pa|ss)_[0-9A-Fa-f]{32}/g],
  ['Docker token', /dckr_pat_[\w-]{27}/g],
  ['Grafana token', /glsa_[A-Za-z0-9]{32}_[0-9A-Fa-f]{8}/g],
];

/** Shapes that placeholders have too. The first group is the secret part. */
export const looseShapes: Shapes = [
  ['GitLab token', tokenAt(String.raw`gl(?:pat|dt|rt|cbt|ptt)-([\w-]{20,64})`)],
  ['Slack token', tokenAt('xox[abeprs]-([0-9A-Za-z-]{10,250})')],
  ['Slack webhook', /hooks\.slack\.com\/services\/(T[A-Z0-9]{6,}\/B[A-Z0-9]{6,}\/[A-Za-z0-9]{16,})/g],
  ['Anthropic key', tokenAt(String.raw`sk-ant-([\w-]{20,250})`)],
  ['OpenAI key', tokenAt(String.raw`sk-(?!ant-)(?:proj-|svcacct-|admin-|or-v1-)?([A-Za-z0-9][\w-]{19,250})`)],
  ['Stripe key', tokenAt('[rs]k_live_([0-9A-Za-z]{16,250})')],
  ['SendGrid key', tokenAt(String.raw`SG\.([\w-]{20,24}\.[\w-]{40,48})(?![\w-])`)],
  ['Hugging Face token', tokenAt('hf_([A-Za-z]{30,40})(?![A-Za-z0-9])')],
];
