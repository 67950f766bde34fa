// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are references to the environment, as users write them
import { expect, test } from 'vitest'
import { looksSecret, MASK, maskSecrets, maskUrl } from './secrets.ts'

test.for([
  'token',
  'bearer_token',
  'PASSWORD',
  'client_secret',
  'api_key',
  'apiKey',
  'key',
  'Authorization',
  'credentials',
  'x-auth',
  'passphrase',
  'cookie',
  'keys',
])('the key "%s" looks secret', key => {
  expect(looksSecret(key)).toBe(true)
})

test.for(['keywords', 'monkey', 'token_file', 'use', 'path', 'author', 'passes', 'keyboard'])(
  'the key "%s" does not',
  key => {
    expect(looksSecret(key)).toBe(false)
  },
)

test('secrets are masked wherever they are, the rest is not', () => {
  const config = {
    sources: [
      {
        use: 'http',
        token: 'abc',
        port: 5,
        tls: { key: 'pem', key_file: './k.pem' },
        pin: 1234,
        password: 1234,
      },
      { headers: { Authorization: ['Bearer x'] }, url: 'https://me:pw@host/x?a=1&api_key=zzz' },
    ],
    topics: { 'secret santa': ['gift'], token: { any: ['coin'] } },
  }
  expect(maskSecrets(config, [['sources', '*', 'pin']])).toEqual({
    sources: [
      {
        use: 'http',
        token: MASK,
        port: 5,
        tls: { key: MASK, key_file: './k.pem' },
        pin: MASK,
        password: MASK,
      },
      { headers: { Authorization: [MASK] }, url: `https://me:${MASK}@host/x?a=1&api_key=${MASK}` },
    ],
    topics: { 'secret santa': ['gift'], token: { any: ['coin'] } },
  })
})

test('a secret that is a reference is shown as such, but without a default', () => {
  expect(maskSecrets({ token: '${TOKEN}', secret: '${TOKEN:-hunter2}', key: 'x${TOKEN}' })).toEqual({
    token: '${TOKEN}',
    secret: MASK,
    key: MASK,
  })
})

test.for([
  ['https://user:p@ss@host/a', `https://user:${MASK}@host/a`],
  ['https://:pw@host', `https://:${MASK}@host`],
  ['https://ghp_abc@host', `https://${MASK}@host`],
  ['redis://h:6379/0', 'redis://h:6379/0'],
  ['a@b.example', 'a@b.example'],
  ['kafka://u:p@a:1,v:q@b:2', `kafka://u:${MASK}@b:2`],
] as const)('"%s" is shown as "%s"', ([url, shown]) => {
  expect(maskUrl(url)).toBe(shown)
})
