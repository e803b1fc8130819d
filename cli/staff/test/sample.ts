import { parseConfig } from '../../../shared/config/load.ts';
import type { ConfigText } from '../hand.ts';

export const sampleText = `[forge]
url = "http://forge.test"

[projects.widgets]
repository = "acme/widgets"

[projects.gadgets]
repository = "acme/gadgets"

[backends.anthropic] # ours
harness = "claude"
base-url = "https://api.anthropic.com"
model = "claude-sonnet-4-5"
key-file = "secrets/anthropic.key"

[agents.dev]
identity = "dev-bot"
token-file = "secrets/dev.token"
password-file = "secrets/dev.password"

[agents.dev-2]
identity = "dev-2-bot"
enabled = false # on leave

[agents.reviewer]
[agents.merger]
`;

export const sample = (text = sampleText): ConfigText => ({ file: '/etc/disinto/disinto.toml', text, config: parseConfig(text, '/etc/disinto/disinto.toml') });
