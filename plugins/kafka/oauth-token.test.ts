import { afterEach, expect, test } from 'vitest'
import { oauthTokens } from './oauth-token.ts'
import { TokenServer } from './testing-token-server.ts'

const HOUR = 3600

let server: TokenServer | null = null

afterEach(async () => {
  await server?.close()
  server = null
})

async function started(seconds: number) {
  let given = 0
  server = await TokenServer.start(() => `token-${++given}`, seconds)
  const ask = oauthTokens({ endpoint: server.url, id: 'mood', secret: 'secret', scope: undefined })
  return { server, ask }
}

test('connections that are opened together share a token', async () => {
  const { server, ask } = await started(HOUR)
  expect(await Promise.all([ask(), ask()])).toEqual(['token-1', 'token-1'])
  expect(await ask()).toBe('token-1')
  expect(server.asked).toEqual([{ id: 'mood', secret: 'secret', form: { grant_type: 'client_credentials' } }])
})

test('a token of unknown lifetime is used once', async () => {
  const { ask } = await started(0)
  expect([await ask(), await ask()]).toEqual(['token-1', 'token-2'])
})

test.for([
  [400, '{"error":"invalid_scope"}', 'it answered 400: invalid_scope'],
  [503, '<p>try again</p>', 'it answered 503'],
  [200, '{"token_type":"Bearer"}', 'the answer holds no access_token'],
  [
    200,
    '{"access_token":"a","token_type":"mac"}',
    'the token is of the type "mac", where "Bearer" is needed',
  ],
  [200, 'x'.repeat(300_000), 'the answer is longer than 262144 bytes'],
] as const)('a response without a token is explained: $2', async ([status, body, message]) => {
  const { server, ask } = await started(HOUR)
  server.answer = { status, body }
  await expect(ask()).rejects.toThrow(`no token from ${server.url}: ${message}`)
  // What failed is not kept.
  server.answer = null
  expect(await ask()).toMatch(/^token-/)
})

test('the secret is not sent to the target of a redirect', async () => {
  const { server, ask } = await started(HOUR)
  server.answer = { status: 307, body: '' }
  await expect(ask()).rejects.toThrow('no token from')
  expect(server.asked).toHaveLength(1)
})
