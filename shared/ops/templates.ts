export interface OpsNames {
  /** `owner/name` of the project. */
  readonly project: string;
  /** Name of the instance. */
  readonly instance: string;
}

/** The files that every ops repo has, with what stands in a new one. */
export const templates = ({ project, instance }: OpsNames): Readonly<Record<string, string>> => ({
  'README.md': readme(project, instance),
  'RESOURCES.md': resources,
  'portfolio.md': portfolio,
  'prerequisites.md': prerequisites,
  'vault/policy.toml': policy,
});

const readme = (project: string, instance: string): string => `# Operations of ${project}

What the factory (instance ${instance}) plans, learns and asks for. The code lives in ${project}.

| path | content | written by |
|---|---|---|
| \`RESOURCES.md\` | accounts, machines, budget; secrets only by name | people |
| \`portfolio.md\`, \`prerequisites.md\` | what there is, what has to come first | agents |
| \`sprints/\` | sprint plans | agents, by pull request |
| \`knowledge/\`, \`evidence/\`, \`incidents/\`, \`journal/\` | what was learnt, measured and broken | agents |
| \`vault/pending/\` | requests that a person answers | agents |
| \`vault/approved/\`, \`vault/fired/\`, \`vault/rejected/\` | what became of them | people |
| \`vault/actions/\` | actions that run after approval | agents, by pull request |
| \`vault/policy.toml\` | how far an action may reach without a person | people |
| \`process-rfcs/\` | proposals to change how the factory works | agents, by pull request |

Agents push bookkeeping to the branch directly. What can set off an action, and the policy, changes only by a pull request that a person merges.
`;

const resources = `# Resources

## Accounts

## Tokens

Names and where they are kept; never values.

## Infrastructure

## Domains

## External accounts

## Budget
`;

const portfolio = `# Portfolio

## Addressables

## Observables
`;

const prerequisites = `# Prerequisite Tree
`;

const policy = `# How far the effect of a formula reaches. low: goes through. medium: is reviewed, and waits for nobody. high: waits for a person.
# What is not listed is high. An action may ask for a higher tier than its formula has, never for a lower one.

[tiers]
groom-backlog = "low"
triage = "low"
reproduce = "low"
review-pr = "low"
dev = "medium"
run-planner = "medium"
run-gardener = "medium"
run-predictor = "medium"
run-supervisor = "medium"
run-architect = "medium"
upgrade-dependency = "medium"
run-publish-site = "high"
run-rent-a-human = "high"
add-rpc-method = "high"
release = "high"
`;
