import { expect, test } from 'vitest'
import { crossesInTheClear, isLoopback } from './loopback.ts'

test.each(['127.0.0.1', '127.8.9.1', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', 'localhost', 'LOCALHOST'])(
  '%s is reached from this machine only',
  host => {
    expect(isLoopback(host)).toBe(true)
  },
)

test.each([
  '',
  '0.0.0.0',
  '::',
  '10.0.0.1',
  '::ffff:10.0.0.1',
  '128.0.0.1',
  'localhost.example',
  '127.0.0.1.example',
])('"%s" may be reached from others', host => {
  expect(isLoopback(host)).toBe(false)
})

test('what is sent to another machine without encryption crosses the network in the clear', () => {
  for (const url of ['http://a.example/', 'ws://a.example', 'http://[::2]/', 'http://127.0.0.1.example/'])
    expect(crossesInTheClear(url), url).toBe(true)
  for (const url of [
    'https://a.example/',
    'wss://a.example',
    'http://127.0.0.1:9/x',
    'http://[::1]/',
    'HTTP://localhost',
    '?',
  ])
    expect(crossesInTheClear(url), url).toBe(false)
})
