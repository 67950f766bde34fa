import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { address, duration, secret, z } from '../plugin/index.ts'
import { parseOptions, splitPlugin } from './plugin-options.ts'
import { secretPaths } from './schema-walk.ts'

const folder = mkdtempSync(join(tmpdir(), 'mood-options-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, content: string) => writeFileSync(join(folder, name), content)

const schema = z.object({
  connect: address().optional(),
  timeout: duration().prefault('10s'),
  rate: z.number().positive().default(1),
  token: secret().optional(),
  tls: z.object({ ca: z.string(), passphrase: secret().optional() }).optional(),
  servers: z.array(z.object({ host: z.string(), pin: secret() })).default([]),
})

const parse = (raw: Record<string, unknown>, kind?: 'source') => parseOptions(schema, raw, folder, kind)
const problemsOf = (raw: Record<string, unknown>, kind?: 'source') => {
  const result = parse(raw, kind)
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

test('options are validated and filled with defaults', () => {
  expect(parse({ connect: 'relay:1' })).toEqual({
    ok: true,
    options: { connect: { host: 'relay', port: 1 }, timeout: 10_000, rate: 1, servers: [] },
  })
})

test('an unknown key is refused, and the nearest suggested, those of the exporter included', () => {
  expect(problemsOf({ conect: 'a:1' })).toEqual(['conect: unknown key "conect", did you mean "connect"?'])
  expect(problemsOf({ tokenfile: 'a' })).toEqual([
    'tokenfile: unknown key "tokenfile", did you mean "token_file"?',
  ])
  expect(problemsOf({ nme: 'a' }, 'source')).toEqual(['nme: unknown key "nme", did you mean "name"?'])
  expect(problemsOf({ tls: { ca: 'x', caa: 'y' } })).toEqual([
    'tls.caa: unknown key "caa", did you mean "ca"?',
  ])
})

test('unknown keys are rejected, whatever the schema allows', () => {
  const kinds = [
    z.looseObject({ a: z.number() }),
    z.strictObject({ a: z.number() }),
    z.object({ a: z.number() }),
  ]
  for (const kind of kinds) expect(parseOptions(kind, { a: 1, b: 2 }, folder)).toMatchObject({ ok: false })
})

test('a refinement of the whole object still applies', () => {
  const either = z
    .object({ a: z.number().optional(), b: z.number().optional() })
    .refine(({ a, b }) => a ?? b, {
      error: 'expected `a` or `b`',
    })
  expect(parseOptions(either, {}, folder)).toEqual({
    ok: false,
    problems: [{ path: [], message: 'expected `a` or `b`' }],
  })
})

test('every problem is reported', () => {
  expect(problemsOf({ connect: 'x', rate: 0, timeout: 5, tls: {}, foo: 1 })).toEqual([
    'connect: expected "host:port", such as "127.0.0.1:9999", got "x"',
    'timeout: expected a number with a unit (ms, s, m, h, d), such as "10s", got 5',
    'rate: expected more than 0, got 0',
    'tls.ca: missing: expected a text',
    expect.stringMatching(/^foo: unknown key "foo": expected "connect", .*"token_file"/),
  ])
})

test('a secret is read from its file, without white space around it, at any depth', () => {
  file('token', '  s3cret\n')
  file('pin', '1234')
  expect(
    parse({
      token_file: 'token',
      tls: { ca: 'x', passphrase_file: './pin' },
      servers: [{ host: 'h', pin_file: 'pin' }],
    }),
  ).toMatchObject({
    ok: true,
    options: { token: 's3cret', tls: { passphrase: '1234' }, servers: [{ host: 'h', pin: '1234' }] },
  })
})

test('a file that holds no secret is a problem, and the only one', () => {
  file('empty', '\n')
  file('huge', 'x'.repeat(64 * 1024 + 1))
  const required = z.object({ token: secret() })
  const problem = (name: unknown) => {
    const result = parseOptions(required, { token_file: name }, folder)
    return result.ok ? [] : result.problems
  }
  const at = (message: string) => [{ path: ['token_file'], message }]
  expect(problem('none')).toEqual(at('cannot read "none": no such file'))
  expect(problem('empty')).toEqual(at('expected a secret, got an empty file "empty"'))
  expect(problem('huge')).toEqual(at('expected a file of at most 64KiB, got 65537 bytes in "huge"'))
  expect(problem('.')).toEqual(at('expected a file, got something else at "."'))
  expect(problem(5)).toEqual(at('expected the path of a file that holds the secret'))
})

test('a secret and its file together are a problem', () => {
  file('token', 'a')
  expect(problemsOf({ token: 'a', token_file: 'token' })).toEqual([
    'token_file: expected `token` or a file to read it from, got both',
  ])
})

test('only secrets have files', () => {
  expect(problemsOf({ rate_file: 'x' })).toEqual([
    expect.stringMatching(/^rate_file: unknown key "rate_file"/),
  ])
})

test('a token of digits only is a token', () => {
  expect(parse({ token: 1234 })).toMatchObject({ ok: true, options: { token: '1234' } })
})

test('a message never contains the value of a secret', () => {
  const strict = z.object({
    pin: secret().regex(/^\d+$/),
    key: z.string().max(3),
    nested: z.object({ token: z.number() }),
  })
  const result = parseOptions(
    strict,
    { pin: 'hunter2', key: 'hunter2', nested: { token: 'hunter2' } },
    folder,
  )
  expect(result).toMatchObject({ ok: false })
  expect(JSON.stringify(result)).not.toContain('hunter2')
  expect(JSON.stringify(result)).toContain('got a text (not shown)')
})

test('secrets are found by path, through wrapping schemas', () => {
  expect(secretPaths(schema)).toEqual([['token'], ['tls', 'passphrase'], ['servers', '*', 'pin']])
  const wrapped = z.object({
    a: secret().transform(Number),
    b: secret().describe('x').default('y'),
    c: z.union([z.string(), secret()]),
  })
  expect(secretPaths(wrapped)).toEqual([['a'], ['b'], ['c']])
})

test('an entry is split into keys of the exporter and options of the plugin', () => {
  expect(
    splitPlugin('source', { use: 'tcp', name: 'a', dedupe: true, format: 'text', connect: ':1' }),
  ).toEqual({
    use: 'tcp',
    name: 'a',
    dedupe: true,
    format: 'text',
    options: { connect: ':1' },
  })
  expect(splitPlugin('format', 'text')).toEqual({ use: 'text', options: {} })
  expect(splitPlugin('format', { use: 'csv', name: 'x' })).toEqual({ use: 'csv', options: { name: 'x' } })
  expect(splitPlugin('scorer', { use: 'x', weight: 1 })).toEqual({ use: 'x', options: { weight: 1 } })
})
