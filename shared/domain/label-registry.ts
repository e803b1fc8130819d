/** Every label that the factory uses, in one place: `disinto init` makes them, and whoever reads or writes labels takes names from here. */
export interface LabelEntry {
  readonly name: string;
  /** `#` and six hexadecimal digits. Labels that exist already keep theirs. */
  readonly colour: string;
  readonly description: string;
  /** Who sets it: roles, or `people`. The first one is responsible for its meaning. */
  readonly owner: readonly string[];
  readonly where: readonly ('project' | 'ops')[];
  /** Whether dev leaves an issue with it alone. */
  readonly blocksPickup: boolean;
  /** Never on one issue together with these. */
  readonly exclusiveWith: readonly string[];
  /** Only on an issue that has these as well. */
  readonly implies: readonly string[];
}

type Draft = Pick<LabelEntry, 'colour' | 'description' | 'owner'> & Partial<LabelEntry>;

const predictions = ['prediction/unreviewed', 'prediction/dismissed', 'prediction/actioned'] as const;
const triageEnds = ['reproduced', 'cannot-reproduce', 'rejected'] as const;
const others = (all: readonly string[], name: string): readonly string[] => all.filter((each) => each !== name);

const entry = <Name extends string>(name: Name, draft: Draft): LabelEntry & { readonly name: Name } => ({
  where: ['project'],
  blocksPickup: true,
  exclusiveWith: [],
  implies: [],
  ...draft,
  name,
});

/** The labels of the core loop: an issue is queued, claimed or parked. */
export const coreLabels = {
  backlog: entry('backlog', {
    colour: '#0075ca',
    description: 'Queued for the factory',
    owner: ['people', 'planner', 'gardener', 'filer', 'triage'],
    blocksPickup: false,
    exclusiveWith: ['in-progress', 'blocked', 'underspecified', 'vision'],
  }),
  priority: entry('priority', {
    colour: '#f59e0b',
    description: 'Worked before other backlog',
    owner: ['people', 'planner'],
    blocksPickup: false,
  }),
  inProgress: entry('in-progress', {
    colour: '#e4e669',
    description: 'Claimed by an agent',
    owner: ['dev'],
    exclusiveWith: ['backlog', 'blocked'],
  }),
  blocked: entry('blocked', {
    colour: '#d73a4a',
    description: 'Parked; the comment says why and what un-parks it',
    owner: ['dev', 'gardener', 'reproduce'],
    where: ['project', 'ops'],
    exclusiveWith: ['backlog', 'in-progress'],
  }),
  techDebt: entry('tech-debt', {
    colour: '#cfd3d7',
    description: 'Pre-existing problem found in a review',
    owner: ['reviewer', 'dev'],
    blocksPickup: false,
  }),
} as const;

const judgementLabels: readonly LabelEntry[] = [
  entry('underspecified', {
    colour: '#fbca04',
    description: 'Too vague or too large to start',
    owner: ['dev', 'gardener'],
    exclusiveWith: ['backlog'],
  }),
  entry('vision', {
    colour: '#0e8a16',
    description: 'A goal that is cut into issues first',
    owner: ['people', 'planner'],
    exclusiveWith: ['backlog'],
  }),
  entry('action', { colour: '#1d76db', description: 'Something to do outside of the code', owner: ['people', 'planner'] }),
  entry('formula', { colour: '#c5def5', description: 'Runs a named procedure', owner: ['planner'] }),
  ...predictions.map((name) =>
    entry(name, {
      colour: { 'prediction/unreviewed': '#a2eeef', 'prediction/dismissed': '#d73a4a', 'prediction/actioned': '#28a745' }[name],
      description: {
        'prediction/unreviewed': 'A prediction that nobody judged yet',
        'prediction/dismissed': 'A prediction that was found wrong or unimportant',
        'prediction/actioned': 'A prediction that became work',
      }[name],
      owner: name === 'prediction/unreviewed' ? ['predictor'] : ['planner'],
      exclusiveWith: others(predictions, name),
    }),
  ),
  entry('bug-report', { colour: '#e11d48', description: 'Somebody saw it go wrong; to be reproduced', owner: ['people', 'gardener'] }),
  entry('needs-triage', { colour: '#f9d0c4', description: 'Reproduced; the cause is not known', owner: ['reproduce'], exclusiveWith: ['rejected'] }),
  entry('in-triage', {
    colour: '#1d76db',
    description: 'Somebody looks for the cause',
    owner: ['reproduce', 'triage'],
    exclusiveWith: ['backlog', 'rejected'],
  }),
  ...triageEnds.map((name) =>
    entry(name, {
      colour: { reproduced: '#0e8a16', 'cannot-reproduce': '#cccccc', rejected: '#cccccc' }[name],
      description: {
        reproduced: 'The report was confirmed by running it',
        'cannot-reproduce': 'The report could not be confirmed',
        rejected: 'Not going to be done',
      }[name],
      owner: name === 'rejected' ? ['reproduce', 'people'] : ['reproduce'],
      blocksPickup: name !== 'reproduced',
      exclusiveWith: others(triageEnds, name),
    }),
  ),
  entry('awaiting-live-verification', {
    colour: '#ff9100',
    description: 'Merged; not proven where it runs',
    owner: ['merger', 'people'],
    exclusiveWith: ['backlog', 'deployed'],
  }),
  entry('deployed', {
    colour: '#5319e7',
    description: 'Runs where it is meant to run',
    owner: ['people'],
    blocksPickup: false,
    exclusiveWith: ['awaiting-live-verification'],
  }),
  entry('incident', { colour: '#b60205', description: 'Something of the factory is broken', owner: ['supervisor'], where: ['project', 'ops'] }),
  entry('vault', { colour: '#006b75', description: 'Asks for an action with outside effects', owner: ['planner', 'supervisor'], where: ['ops'] }),
  entry('pending-approval', { colour: '#d4c5f9', description: 'Waits for a person', owner: ['planner'], where: ['ops'], implies: ['vault'] }),
];

export const labelRegistry: readonly LabelEntry[] = [...Object.values(coreLabels), ...judgementLabels];

/** Labels that a repository of this kind has. */
export const labelsOf = (where: 'project' | 'ops'): readonly LabelEntry[] => labelRegistry.filter((label) => label.where.includes(where));

/** What is illegal about a set of labels, one sentence each. Labels that the registry does not have are nobody's business. */
export function labelConflicts(names: readonly string[]): readonly string[] {
  const present = labelRegistry.filter((label) => names.includes(label.name));
  return present.flatMap(({ name, exclusiveWith, implies }) => [
    ...exclusiveWith
      .filter((other) => names.includes(other) && (name < other || !excludes(other, name)))
      .map((other) => `${name} and ${other} exclude each other`),
    ...implies.filter((other) => !names.includes(other)).map((other) => `${name} goes with ${other}, which is missing`),
  ]);
}

const excludes = (name: string, other: string): boolean => labelRegistry.some((label) => label.name === name && label.exclusiveWith.includes(other));
