import { expect, test } from 'vitest'
import { TOKEN_REQUIRED } from '../plugin/index.ts'
import { adapted } from './adaptation.ts'
import { type LoadResult, parseConfig } from './load.ts'

const listeningOn = (listen: string) => (result: LoadResult) => adapted(result, { listen })

const given = (yaml: string) => parseConfig(`sources: [demo]\n${yaml}`, 'mood.yml')

test('an address of the command line replaces server.listen', () => {
  const result = listeningOn(':9747')(given('server: { shutdown_timeout: 1s }\n'))
  expect(result).toMatchObject({
    ok: true,
    loaded: { config: { server: { listen: { host: '', port: 9747 }, shutdown_timeout: 1000 } } },
  })
  expect(() => listeningOn('here')(given(''))).toThrow(
    /^--web\.listen-address: expected "host:port", .*, got "here"/,
  )
})

test('an address that other machines reach requires what server.listen would', () => {
  const result = given(
    'alertmanager: { to: [out] }\noutputs: [{ use: webhook, name: out, url: "http://a" }]\n',
  )
  expect(listeningOn('127.0.0.1:1')(result).ok).toBe(true)
  expect(listeningOn('0.0.0.0:1')(result)).toMatchObject({
    ok: false,
    problems: [{ line: 2, path: 'alertmanager.token', message: `missing: ${TOKEN_REQUIRED}` }],
  })
  const withFile = given('alertmanager: { token_file: /proc/self/comm }\noutputs: [stdout]\n')
  expect(listeningOn('0.0.0.0:1')(withFile).ok).toBe(true)
})

test('a relay scores nothing, and otherwise follows its configuration', () => {
  const result = adapted(given('outputs: [stdout]\n'), { relays: true })
  expect(result).toMatchObject({
    ok: true,
    loaded: { config: { scorers: [], extractors: [], windows: [], languages: { detect: false } } },
  })
  expect(adapted(given(''), {})).toMatchObject({
    ok: true,
    loaded: { config: { scorers: [{ use: 'auto' }] } },
  })
})
