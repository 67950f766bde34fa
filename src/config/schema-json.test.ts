// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are references to the environment, as users write them
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { address, secret, z } from '../plugin/index.ts'
import { configJsonSchema } from './schema-json.ts'

// The validator that fastify brings: another reading of the schema than zod's.
const { default: Ajv } = createRequire(createRequire(import.meta.url).resolve('fastify'))('ajv')

const schema = configJsonSchema([
  {
    kind: 'source',
    name: 'tcp',
    description: 'Lines.',
    options: z.object({ connect: address().optional(), rate: z.number().optional(), token: secret() }),
  },
  {
    kind: 'format',
    name: 'csv',
    description: 'Columns.',
    options: z.object({ delimiter: z.string().default(',') }),
  },
  {
    kind: 'scorer',
    name: 'afinn',
    description: 'Words.',
    options: z.object({ weight: z.number().default(1) }),
  },
])
const validate = new Ajv({ allErrors: true, strict: false }).compile(schema)
const isValid = (yaml: string): boolean => validate(parse(yaml))

test.for([
  'sources: [{ use: demo }]',
  'sources: [{ use: tcp, token: x, connect: "a:1", name: relay, dedupe: true }]',
  'sources: [{ use: tcp, token_file: x }]',
  'sources: [{ use: tcp, token: x, rate: "${RATE}", connect: "${HOST}:1" }]',
  'sources: [{ use: ./mine.ts, anything: [1] }]',
  '{ sources: [demo], scorers: [afinn, ./mine.ts, { use: afinn, weight: 2 }], extractors: [hashtags], outputs: [stdout] }',
  'sources: [{ use: demo, format: { use: csv, delimiter: ";" } }]',
  '{ sources: [{ use: demo }], workers: "${CORES:-2}", topics: { a: [b], c: { not: [d] } }, windows: [{ size: 1m }] }',
])('%s fits', yaml => {
  expect(isValid(yaml), JSON.stringify(validate.errors)).toBe(true)
})

test.for([
  '{}',
  'sources: [5]',
  'sources: [[demo]]',
  'scorers: [""]',
  'sources: [{ use: tcp }]',
  'sources: [{ use: tcp, token: x, conect: "a:1" }]',
  'sources: [{ use: tcp, token: x, connect: a }]',
  'sources: [{ use: tcp, token: x, rate: fast }]',
  'sources: [{ use: demo, format: { use: csv, delimeter: ";" } }]',
  '{ sources: [{ use: demo }], scorers: [{ use: afinn, wieght: 1 }] }',
  '{ sources: [{ use: demo }], windows: [{ size: 5 }] }',
  '{ sources: [{ use: demo }], extractor: [] }',
])('%s does not', yaml => {
  expect(isValid(yaml)).toBe(false)
})

test('the JSON Schema uses only standard keywords', () => {
  const text = JSON.stringify(schema)
  expect(text).not.toContain('"secret":true')
  expect(text).not.toContain('shownDefault')
  expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#')
})
