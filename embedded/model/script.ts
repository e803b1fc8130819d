import type { SessionRecord } from '#ledger';
import type { Conversation, Reply } from './api/api.ts';
import type { Fault, Playbook, PlaybookEntry } from './playbook.ts';
import { callsFor } from './tools.ts';

/** What the model does next in a conversation. */
export type Move = { readonly kind: 'reply'; readonly reply: Reply } | { readonly kind: 'fault'; readonly fault: Exclude<Fault, 'loop'> };

/** Who asks: the part of a session's record that a playbook may look at. */
export type Asker = Pick<SessionRecord, 'agent' | 'task' | 'issue' | 'title' | 'round'>;

/** The entries that fit a session, in file order, in the form the ledger gives them out by. */
export function candidatesFor(playbook: Playbook, asker: Asker): readonly { readonly entry: number; readonly times: number }[] {
  return playbook.entries.filter((entry) => fits(entry, asker)).map((entry) => ({ entry: entry.number, times: entry.times }));
}

function fits({ when }: PlaybookEntry, asker: Asker): boolean {
  if (when.agent !== null && when.agent !== asker.agent && !asker.agent.startsWith(`${when.agent}-`)) return false;
  if (when.task !== null && when.task !== asker.task) return false;
  if (when.issue !== null && when.issue !== (typeof when.issue === 'number' ? asker.issue : asker.title)) return false;
  return when.round === null || when.round === asker.round;
}

/** The entry that plays when none of the playbook is free for this session. */
export function defaultEntry(asker: Asker): PlaybookEntry {
  const whom = `agent ${asker.agent}, task ${asker.task}, issue "${asker.title}", round ${asker.round}`;
  const summary = `The playbook has no free entry for ${whom}.`;
  const answer =
    asker.task === 'review'
      ? { verdict: 'approve', summary }
      : { status: 'needs_information', summary, question: `What should happen here? Add an entry to playbook.yaml for ${whom}.` };
  return { number: 0, when: { agent: null, task: null, issue: null, round: null }, times: 1, items: [], answers: [JSON.stringify(answer)] };
}

/**
 * The next move, from the entry and the conversation alone: a client that repeats a request gets the same move again.
 * Items are played in the first turn only; a later prompt (the repair try) gets the next answer at once.
 */
export function nextMove(entry: PlaybookEntry, conversation: Conversation): Move {
  let results = conversation.results;
  let said: string[] = [];
  for (const item of entry.items) {
    if (item.kind === 'fault') return faultMove(item.fault, said, conversation);
    if (conversation.turn > 1) continue;
    if (item.kind === 'say') {
      said.push(item.text);
      continue;
    }
    const calls = callsFor(item, conversation.tools);
    if (calls.length === 0) said.push(`No tool of this client can ${item.kind}; going on without.`);
    else if (results < calls.length) return reply(said, calls.slice(results));
    else {
      results -= calls.length;
      said = [];
    }
  }
  return reply([...said, entry.answers[conversation.turn - 1] ?? entry.answers.at(-1) ?? ''], []);
}

function faultMove(fault: Fault, said: readonly string[], conversation: Conversation): Move {
  if (fault !== 'loop') return { kind: 'fault', fault };
  return reply([...said, 'One more look.'], callsFor({ kind: 'run', command: `echo "look ${conversation.results + 1}"` }, conversation.tools));
}

function reply(texts: readonly string[], calls: Reply['calls']): Move {
  return { kind: 'reply', reply: { text: texts.join('\n\n'), calls } };
}
