import { z } from 'zod';

/** Shapes of the parts of a workflow file. Values are text (see `readYaml`); an empty text is a key without value. */

const texts = z.union([z.string().transform((text) => (text === '' ? [] : [text])), z.array(z.string())], {
  error: 'must be a text or a list of texts',
});
const flag = z.enum(['true', 'false'], { error: 'must be true or false' });
const anything = z.unknown().optional();
const name = z.string({ error: 'must be a text' }).min(1, 'must not be empty');

const events = ['push', 'pull_request', 'pull_request_closed', 'pull_request_metadata', 'tag', 'release', 'deployment', 'cron', 'manual'] as const;

export const workflowShape = z.strictObject({
  steps: anything,
  when: anything,
  depends_on: texts.optional(),
  labels: anything,
  skip_clone: flag.optional(),
  variables: anything,
});

export const stepShape = z.strictObject({
  name: name.optional(),
  image: anything,
  pull: anything,
  commands: texts.optional(),
  environment: anything,
  when: anything,
  depends_on: texts.optional(),
  failure: z.enum(['ignore', 'fail'], { error: 'must be ignore or fail' }).optional(),
  directory: z
    .string({ error: 'must be a text' })
    .refine((path) => !path.startsWith('/') && !path.split('/').includes('..'), 'must be a directory inside the repository')
    .optional(),
});

const eventList = texts.pipe(z.array(z.enum(events, { error: `must be among ${events.join(', ')}` })));

export const workflowConditionShape = z.strictObject({ event: eventList.optional(), branch: anything, path: anything });

export const stepConditionShape = z.strictObject({
  event: eventList.optional(),
  branch: anything,
  path: anything,
  status: texts.pipe(z.array(z.enum(['success', 'failure'], { error: 'must be success or failure' }))).optional(),
});

export const branchShape = z.strictObject({ include: texts.optional(), exclude: texts.optional() });

export const pathShape = z.strictObject({
  include: texts.optional(),
  exclude: texts.optional(),
  ignore_message: z.string({ error: 'must be a text' }).optional(),
  on_empty: flag.optional(),
});

export const environmentMap = z.record(z.string(), z.string({ error: 'must be a text, number or boolean' }), {
  error: 'must be a map or a list of NAME=value',
});
export const environmentList = z.array(z.string().regex(/^[^=]+=/s, 'must be NAME=value'), { error: 'must be a map or a list of NAME=value' });
