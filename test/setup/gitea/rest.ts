/** How a request says who it is: a token, or login and password. */
export type Credential = { readonly token: string } | { readonly login: string; readonly password: string };

export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** One request below `/api/v1`, whatever it answers. */
export async function ask(url: string, by: Credential, method: string, path: string, body?: unknown): Promise<RestAnswer> {
  const authorization = 'token' in by ? `token ${by.token}` : `Basic ${Buffer.from(`${by.login}:${by.password}`).toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/v1/${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
}

/** The answer as JSON (null: none); throws with the forge's words where it refuses. */
export async function must(url: string, by: Credential, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await ask(url, by, method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body.slice(0, 300)}`);
  return answer.body === '' ? null : JSON.parse(answer.body);
}
