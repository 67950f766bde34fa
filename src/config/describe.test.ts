import { expect, test } from 'vitest'
import { address, duration, secret, size, z } from '../plugin/index.ts'
import { describeOptions } from './describe.ts'
import { configSchema } from './schema.ts'

const typesOf = (schema: z.ZodObject) =>
  Object.fromEntries(describeOptions(schema).map(({ name, type }) => [name, type]))

test('types are described in words', () => {
  const schema = z.object({
    text: z.string(),
    url: z.url(),
    flag: z.boolean(),
    n: z.number(),
    share: z.number().min(0).max(1),
    rate: z.number().positive(),
    count: z.int().min(1),
    any: z.int(),
    wait: duration(),
    room: size().optional(),
    at: address().prefault(':1'),
    token: secret().optional(),
    mode: z.enum(['a', 'b']),
    list: z.array(z.string()),
    waits: z.array(duration()),
    ats: z.array(address()),
    either: z.union([z.string(), z.array(z.int().min(0))]),
    words: z.record(z.string(), z.number()),
  })
  expect(typesOf(schema)).toEqual({
    text: 'text',
    url: 'URL',
    flag: 'true or false',
    n: 'number',
    share: 'number from 0 to 1',
    rate: 'number above 0',
    count: 'whole number from 1',
    any: 'whole number',
    wait: 'duration',
    room: 'size',
    at: 'address',
    token: 'secret',
    mode: 'one of a, b',
    list: 'list of texts',
    waits: 'list of durations',
    ats: 'list of addresses',
    either: 'text or list of whole numbers from 0',
    words: 'mapping',
  })
})

test('an option says whether it is required, its default as written, and what it is for', () => {
  const schema = z.object({
    wait: duration().prefault('10s').describe('How long.'),
    token: secret().describe('Who asks.'),
    columns: z.array(z.string()).default(['a', 'b']),
  })
  expect(describeOptions(schema)).toEqual([
    {
      name: 'wait',
      type: 'duration',
      required: false,
      default: '10s',
      secret: false,
      description: 'How long.',
    },
    { name: 'token', type: 'secret', required: true, default: '', secret: true, description: 'Who asks.' },
    {
      name: 'columns',
      type: 'list of texts',
      required: false,
      default: '[ a, b ]',
      secret: false,
      description: '',
    },
  ])
})

test('options inside mappings and lists are listed by their path', () => {
  const schema = z.object({
    tls: z.object({ ca: z.string() }).optional(),
    servers: z.array(z.object({ host: z.string() })),
    rules: z.record(z.string(), z.union([z.string(), z.object({ any: z.string() })])),
  })
  expect(Object.keys(typesOf(schema))).toEqual([
    'tls',
    'tls.ca',
    'servers',
    'servers[].host',
    'rules',
    'rules.NAME.any',
  ])
})

test('every key of the configuration is described, the same on every machine', () => {
  const rows = describeOptions(configSchema)
  expect(rows.filter(({ description }) => description === '').map(({ name }) => name)).toEqual([])
  expect(rows.find(({ name }) => name === 'workers')?.default).toBe('as many as there are cores')
})
