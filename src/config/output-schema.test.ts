import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { secret, z } from '../plugin/index.ts'
import { formatProblem, parseConfig } from './load.ts'
import { configJsonSchema } from './schema-json.ts'

function load(yaml: string) {
  const result = parseConfig(`sources: [{ use: demo }]\n${yaml}`, 'mood.yml')
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return result.loaded.config
}

function problems(yaml: string): string[] {
  const result = parseConfig(`sources: [{ use: demo }]\n${yaml}`, 'mood.yml')
  return result.ok
    ? []
    : result.problems.map(problem => formatProblem(problem).replace(' (ERR_CONFIG_INVALID)', ''))
}

test('there are no outputs unless the configuration has some', () => {
  expect(load('').outputs).toEqual([])
})

test.for([
  [
    'windows that are not configured',
    'outputs:\n  - use: stdout\n    windows: [1m, 5m]',
    'mood.yml:4 outputs[0].windows[1]: no window of the section `windows` is 5m long; there is 1s or 1m',
  ],
  [
    'windows where there are none',
    'windows: []\noutputs: [{ use: stdout, windows: [1m] }]',
    'mood.yml:3 outputs[0].windows[0]: no window of the section `windows` is 1m long; none is configured',
  ],
  [
    'one plugin used twice without a name',
    'outputs:\n  - use: webhook\n  - use: webhook',
    'mood.yml:4 outputs[1]: two outputs are called "webhook": give this one a `name` of its own',
  ],
  [
    'a time-out of nothing',
    'outputs: [{ use: stdout, timeout: 0s }]',
    'mood.yml:2 outputs[0].timeout: expected a time-out of more than 0, got "0s"',
  ],
  [
    'a key of retry that is not known',
    'outputs: [{ use: stdout, retry: { giveup: 1h } }]',
    'mood.yml:2 outputs[0].retry.giveup: unknown key "giveup", did you mean "give_up"?',
  ],
  [
    'a section of another name',
    'output: [{ use: stdout }]',
    'mood.yml:2 output: unknown key "output", did you mean "outputs"?',
  ],
] as const)('%s are reported', ([_, yaml, problem]) => {
  expect(problems(yaml)).toEqual([problem])
})

// The validator that fastify brings: another reading of the schema than zod's.
const { default: Ajv } = createRequire(createRequire(import.meta.url).resolve('fastify'))('ajv')
const schema = configJsonSchema([
  { kind: 'output', name: 'webhook', description: 'Posts.', options: z.object({ url: secret() }) },
])
const validate = new Ajv({ allErrors: true, strict: false }).compile(schema)
const isValid = (outputs: string): boolean =>
  validate(parse(`{ sources: [{ use: demo }], outputs: ${outputs} }`))

test('the JSON Schema knows the options of a built-in output, and those that every output has', () => {
  expect(isValid('[{ use: webhook, url_file: x, windows: [1m], queue: 5, batch: 1, timeout: 5s }]')).toBe(
    true,
  )
  expect(isValid('[{ use: webhook, url: x, retry: { initial: 1s, max: 1m, give_up: 7d } }]')).toBe(true)
  expect(isValid('[{ use: ./mine.ts, anything: 1 }]')).toBe(true)
  expect(isValid('[{ use: webhook }]')).toBe(false)
  expect(isValid('[{ use: webhook, url: x, uri: y }]')).toBe(false)
  expect(isValid('[{ use: ./mine.ts, queue: many }]')).toBe(false)
  expect(isValid('[{ use: ./mine.ts, retry: { giveup: 1h } }]')).toBe(false)
})
