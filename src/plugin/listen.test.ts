import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { addressText, type ListenAddress, listenError } from './listen.ts'

async function failureAt(at: ListenAddress): Promise<Error> {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  createServer().on('error', resolve).listen(at)
  return listenError(await promise, at, 'listen')
}

test('an address is written as `listen` takes it', () => {
  expect(addressText({ host: '127.0.0.1', port: 80 })).toBe('127.0.0.1:80')
  expect(addressText({ host: '::1', port: 80 })).toBe('[::1]:80')
  expect(addressText({ host: '', port: 80 })).toBe(':80')
})

test('an error says why a program cannot listen', async () => {
  expect((await failureAt({ host: '192.0.2.1', port: 0 })).message).toBe(
    'cannot listen on 192.0.2.1:0: this machine has no such address',
  )
  const reasonOf = (error: Error) => listenError(error, { host: '::1', port: 80 }, 'bind').message
  const withCode = (code: string) => Object.assign(new Error(`listen ${code}`), { code })
  expect(reasonOf(withCode('EADDRINUSE'))).toBe(
    'cannot listen on [::1]:80: the port is in use by another program; choose another with `bind`',
  )
  expect(reasonOf(withCode('EACCES'))).toContain('ports below 1024 need privileges')
  // There is nothing to add to the message of any other error.
  expect(reasonOf(withCode('EMFILE'))).toBe('cannot listen on [::1]:80: listen EMFILE')
})
