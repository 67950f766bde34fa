import { expect, test } from 'vitest'
import { parseConfig } from '../config/load.ts'
import { listeningOn } from './listen-address.ts'

const given = (yaml: string) => parseConfig(`sources: [demo]\n${yaml}`, 'mood.yml')

test('an address of the command line takes the place of server.listen', () => {
  const result = listeningOn(':9747')(given('server: { shutdown_timeout: 1s }\n'))
  expect(result).toMatchObject({
    ok: true,
    loaded: { config: { server: { listen: { host: '', port: 9747 }, shutdown_timeout: 1000 } } },
  })
  expect(() => listeningOn('here')).toThrow(/^--web\.listen-address: expected "host:port", .*, got "here"/)
})

test('an address that other machines reach requires what server.listen would', () => {
  const result = given(
    'alertmanager: { to: [out] }\noutputs: [{ use: webhook, name: out, url: "http://a" }]\n',
  )
  expect(listeningOn('127.0.0.1:1')(result).ok).toBe(true)
  expect(listeningOn('0.0.0.0:1')(result)).toMatchObject({
    ok: false,
    problems: [{ line: 2, message: expect.stringContaining('expected a token') }],
  })
  const withFile = given('alertmanager: { token_file: /proc/self/comm }\noutputs: [stdout]\n')
  expect(listeningOn('0.0.0.0:1')(withFile).ok).toBe(true)
})
