import { describe, expect, it } from 'vitest';
import { systemClock } from '#clock/system';
import { asSha } from '#domain/sha';
import type { CommitStatus } from '#domain/check';
import type { Issue } from '#domain/issue';
import type { Change, Forge } from '#forge';
import { createManualClock, type ManualClock } from '../../clock/manual.ts';
import { createView } from '../cached-view.ts';
import { createPicture } from './picture.ts';

const head = asSha('a'.repeat(40));

/** A forge that has nothing, and the names of what it was asked. */
function createEmptyForge(): { readonly forge: Forge; readonly calls: string[] } {
  const calls: string[] = [];
  const nothing = (name: string) => (): Promise<readonly never[]> => {
    calls.push(name);
    return Promise.resolve([]);
  };
  const forge: Partial<Forge> = { changes: nothing('changes'), listStatuses: nothing('statuses'), listReviews: nothing('reviews') };
  return { forge: forge as Forge, calls };
}

describe('views of one picture', () => {
  it('share the refresh that they ask for together, and none that began before they asked', async () => {
    const { forge, calls } = createEmptyForge();
    const picture = createPicture({ forge, clock: systemClock });
    const [one, two] = [createView({ forge, clock: systemClock, picture }), createView({ forge, clock: systemClock, picture })];
    await Promise.all([one.refresh(), two.refresh()]);
    expect(calls).toEqual(['changes']);
    const begun = one.refresh();
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    await Promise.all([begun, two.refresh()]);
    expect(calls).toEqual(['changes', 'changes', 'changes']);
  });

  it('share what was asked a moment ago, until one of them forgets it', async () => {
    const { forge, calls } = createEmptyForge();
    const picture = createPicture({ forge, clock: systemClock });
    const [one, two] = [createView({ forge, clock: systemClock, picture }), createView({ forge, clock: systemClock, picture })];
    expect(one.lookedAt(head)).toBeNull();
    await one.statuses(head, 60);
    await two.statuses(head, 60);
    expect(calls).toEqual(['statuses']);
    two.forget({ head });
    expect(one.lookedAt(head)).toBeNull();
    await one.statuses(head, 60);
    expect(calls).toEqual(['statuses', 'statuses']);
  });

  it('a check that started makes a kept answer old only when there is a result in it', async () => {
    const calls: string[] = [];
    const one = (state: CommitStatus['state']): readonly CommitStatus[] => [
      { id: 1, context: 'ci/test', state, description: '', targetUrl: null, creator: 'ci' },
    ];
    let statuses = one('pending');
    const listStatuses = (): Promise<readonly CommitStatus[]> => {
      calls.push('statuses');
      return Promise.resolve(statuses);
    };
    const view = createView({ forge: { listStatuses } as unknown as Forge, clock: systemClock });
    await view.statuses(head, 60);
    view.checkStarted(head);
    statuses = one('failure');
    expect(await view.statuses(head, 60)).toEqual(one('pending'));
    view.forget({ head });
    await view.statuses(head, 60);
    view.checkStarted(head);
    await view.statuses(head, 60);
    expect(calls).toHaveLength(3);
  });

  it('a check that started while the answer is under way makes it old: it may be of before', async () => {
    const { forge, calls } = createEmptyForge();
    const view = createView({ forge, clock: systemClock });
    const asked = view.statuses(head, 60);
    view.checkStarted(head);
    await asked;
    await view.statuses(head, 60);
    expect(calls).toEqual(['statuses', 'statuses']);
  });

  it('everything is read anew once something that is shown turned out to be gone', async () => {
    const since: (Date | null)[] = [];
    const issue = { number: 7, state: 'open', updatedAt: new Date(0) } as Issue;
    const forge: Partial<Forge> = {
      changes: (from) => {
        since.push(from);
        return Promise.resolve(since.length === 1 ? [{ kind: 'issue', number: 7, updatedAt: issue.updatedAt, issue }] : []);
      },
      findIssue: () => Promise.resolve(null),
    };
    const view = createView({ forge: forge as Forge, clock: systemClock });
    await view.refresh();
    await view.refresh();
    expect([...view.issues.keys()]).toEqual([7]);
    view.distrust();
    await view.refresh();
    expect([since.map((each) => each === null), [...view.issues.keys()]]).toEqual([[true, false, true], []]);
  });

  it('begin apart when they are paced, each after it was asked for', async () => {
    const { forge, calls } = createEmptyForge();
    const clock = createManualClock(new Date(0));
    const picture = createPicture({ forge, clock, pacing: { gatherMs: 50, apartMs: 250 } });
    const first = picture.refresh();
    await passing(clock, 50);
    await first;
    const second = picture.refresh();
    await passing(clock, 249);
    expect(calls).toEqual(['changes']);
    await passing(clock, 1);
    await second;
    expect(calls).toEqual(['changes', 'changes']);
  });
});

describe('a picture of a forge whose clock is set back', () => {
  it('is read anew in the same refresh: what changed since is older than what was asked for', async () => {
    const asked: (string | null)[] = [];
    const [late, early] = [Date.UTC(2026, 0, 1, 12), Date.UTC(2026, 0, 1, 11, 50)];
    let now = late;
    let clock = late;
    const issue = { number: 7, state: 'open', updatedAt: new Date(late) } as Issue;
    const forge: Partial<Forge> = {
      // As of the last answer.
      forgeTime: () => new Date(clock),
      changes: (since) => {
        asked.push(since?.toISOString().slice(11, 19) ?? null);
        clock = now;
        return Promise.resolve([{ kind: 'issue', number: 7, updatedAt: issue.updatedAt, issue } as Change]);
      },
    };
    const picture = createPicture({ forge: forge as Forge, clock: createManualClock(new Date(late)) });
    await picture.refresh();
    now = early;
    asked.length = 0;
    await picture.refresh();
    await picture.refresh();
    expect(asked).toEqual(['11:59:59', null, '11:49:59']);
  });
});

/** Lets what was asked reach its timer, and that much time pass. */
async function passing(clock: ManualClock, ms: number): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(ms);
  await new Promise((resolve) => setImmediate(resolve));
}
