import { changeLabels } from '../change/issue.ts';
import { notifyIssue } from '../change/notify.ts';
import { flag, needText, text } from '../fields.ts';
import { invalid, notFound } from '../refused.ts';
import { json, needCaller, needRepository, nothing, pagedList, param, route, type Answer, type Call, type Route } from '../route.ts';
import { showLabel } from '../shape/issue.ts';
import { findLabel, insertLabel, knownLabels, labelsOf, listLabels, type LabelRow } from '../store/label.ts';
import { needTarget, type Target } from './issue.ts';

const colourOf = (value: string): string => {
  if (!/^#?(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(value)) throw invalid(`Wrong color: ${value}`);
  const digits = value.replace('#', '');
  return digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits;
};

const needLabel = (call: Call, repository: number): LabelRow => {
  const label = findLabel(call.world, repository, Number(param(call, 'id')));
  if (label === undefined) throw notFound();
  return label;
};

/** Names or numbers of the request, those that exist. */
function wantedLabels(call: Call, repository: number): LabelRow[] {
  const labels = call.input['labels'] ?? [];
  if (!Array.isArray(labels)) throw invalid('labels must be a list');
  return knownLabels(
    call.world,
    repository,
    labels.filter((label) => typeof label === 'string' || typeof label === 'number'),
  );
}

function apply(call: Call, { issue }: Target, change: { add: readonly LabelRow[]; remove: readonly LabelRow[] }): void {
  const user = needCaller(call);
  if (!changeLabels(call.world, issue, user, change)) return;
  notifyIssue(call.world, issue.id, user, 'label', labelsOf(call.world, issue.id).length === 0 ? 'label_cleared' : 'label_updated');
}

const labelsAnswer = (call: Call, { repository, issue }: Target): Answer =>
  json(
    200,
    labelsOf(call.world, issue.id).map((label) => showLabel(call.shape, repository, label)),
  );

export const labelRoutes: readonly Route[] = [
  route('issue', 'GET', '/repos/:owner/:repo/labels', (call) => {
    const repository = needRepository(call, 'read');
    return pagedList(call, listLabels(call.world, repository.id), (label) => showLabel(call.shape, repository, label));
  }),
  route('issue', 'POST', '/repos/:owner/:repo/labels', (call) => {
    const repository = needRepository(call, 'write');
    const label = insertLabel(call.world, repository.id, {
      name: needText(call.input, 'name'),
      color: colourOf(needText(call.input, 'color')),
      description: text(call.input, 'description') ?? '',
      exclusive: flag(call.input, 'exclusive') ?? false,
      archived: flag(call.input, 'is_archived') ?? false,
    });
    return json(201, showLabel(call.shape, repository, label));
  }),
  route('issue', 'GET', '/repos/:owner/:repo/labels/:id', (call) => {
    const repository = needRepository(call, 'read');
    return json(200, showLabel(call.shape, repository, needLabel(call, repository.id)));
  }),
  route('issue', 'PATCH', '/repos/:owner/:repo/labels/:id', (call) => {
    const repository = needRepository(call, 'write');
    const label = needLabel(call, repository.id);
    const color = text(call.input, 'color');
    call.world.database.run(
      'UPDATE labels SET name = ?, color = ?, description = ? WHERE id = ?',
      text(call.input, 'name') ?? label.name,
      color === null ? label.color : colourOf(color).toLowerCase(),
      text(call.input, 'description') ?? label.description,
      label.id,
    );
    return json(200, showLabel(call.shape, repository, needLabel(call, repository.id)));
  }),
  route('issue', 'DELETE', '/repos/:owner/:repo/labels/:id', (call) => {
    const repository = needRepository(call, 'write');
    const id = Number(param(call, 'id')) || 0;
    call.world.database.transaction(() => {
      const { changes } = call.world.database.run('DELETE FROM labels WHERE repo_id = ? AND id = ?', repository.id, id);
      // As on the real forge, its comings and goings vanish from the timelines.
      if (changes > 0) call.world.database.run('DELETE FROM events WHERE label_id = ?', id);
    });
    return nothing();
  }),
  route('issue', 'GET', '/repos/:owner/:repo/issues/:index/labels', (call) => labelsAnswer(call, needTarget(call, 'read'))),
  route('issue', 'POST', '/repos/:owner/:repo/issues/:index/labels', (call) => {
    const target = needTarget(call, 'write');
    apply(call, target, { add: wantedLabels(call, target.repository.id), remove: [] });
    return labelsAnswer(call, target);
  }),
  route('issue', 'PUT', '/repos/:owner/:repo/issues/:index/labels', (call) => {
    const target = needTarget(call, 'write');
    const wanted = wantedLabels(call, target.repository.id);
    const keep = new Set(wanted.map((label) => label.id));
    apply(call, target, { add: wanted, remove: labelsOf(call.world, target.issue.id).filter((label) => !keep.has(label.id)) });
    return labelsAnswer(call, target);
  }),
  route('issue', 'DELETE', '/repos/:owner/:repo/issues/:index/labels', (call) => {
    const target = needTarget(call, 'write');
    apply(call, target, { add: [], remove: labelsOf(call.world, target.issue.id) });
    return nothing();
  }),
  // Wants the number: a name is answered like a label that does not exist.
  route('issue', 'DELETE', '/repos/:owner/:repo/issues/:index/labels/:id', (call) => {
    const target = needTarget(call, 'write');
    const label = findLabel(call.world, target.repository.id, Number(param(call, 'id')) || 0);
    if (label === undefined) throw invalid(`label does not exist [label_id: ${Number(param(call, 'id')) || 0}]`);
    apply(call, target, { add: [], remove: [label] });
    return nothing();
  }),
];
