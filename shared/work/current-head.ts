import type { PullRequest } from '#domain/pull-request';
import type { View } from '#forge/view';
import type { Git } from '#git';

/**
 * True when the branch of a pull request is where the picture shows it. A forge moves a pull request's head a moment after it
 * took the push, so a picture can lag behind our own push: a session on the old head would be paid for nothing (I7, D15).
 */
export async function isAtShownHead(
  ports: { readonly view: View; readonly git: Git },
  pull: Pick<PullRequest, 'number' | 'branch' | 'head'>,
): Promise<boolean> {
  const ref = `refs/heads/${pull.branch}`;
  const head = (await ports.git.listRefs(ref)).get(ref);
  if (head === pull.head) return true;
  ports.view.forget({ number: pull.number });
  return false;
}
