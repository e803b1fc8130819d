import { expect, it } from 'vitest';
import { parseConfig } from '../load.ts';
import { hiddenOf } from '../secret.ts';

const text = `
[instance]
name = "shop"
data = "data"
[forge]
url = "http://forge.test"
[webhook]
listen = "127.0.0.1:8088"
secret-file = "/run/hook.secret"
[projects.shop]
repository = "acme/shop"
[projects.shop.ci]
kind = "embedded"
account = "ci"
token-file = "secrets/ci.token"
[agents.dev]
role = "dev"
backend = "claude"
token-file = "secrets/dev.token"
password-file = "secrets/dev.password"
[backends.claude]
harness = "claude"
base-url = "https://model.test"
api = "anthropic"
model = "m"
key-file = "/etc/keys/model.key"
`;

it('hides the data folder, the secrets folder, and each secret that lies elsewhere, named by the configuration or the environment', () => {
  const config = parseConfig(text, '/srv/shop/disinto.toml', { folder: '/srv/shop' });
  const env = {
    FORGE_TOKEN_FILE: '/run/forge-token',
    SSL_CERT_FILE: '/etc/ssl/ca.pem',
    ADMIN_PASSWORD_FILE: 'relative',
    CI_TOKEN: 'x',
    OTHER_KEY_FILE: undefined,
  };
  expect([...hiddenOf(config, env)].toSorted()).toEqual(
    ['/etc/keys/model.key', '/run/forge-token', '/run/hook.secret', '/srv/shop/data', '/srv/shop/secrets'].toSorted(),
  );
});
