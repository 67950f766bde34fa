import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { addressText, type ListenAddress, listenError, listenOn } from './listen.ts'

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

test('all interfaces are those of IPv4 on a machine without IPv6', async () => {
  const tried: string[] = []
  const failing = (code: string) => async (at: ListenAddress) => {
    tried.push(addressText(at))
    if (at.host === '::') throw Object.assign(new Error(code), { code })
    return at.host
  }
  expect(await listenOn({ host: '', port: 80 }, failing('EAFNOSUPPORT'))).toBe('0.0.0.0')
  expect(await listenOn({ host: '', port: 80 }, failing('EADDRNOTAVAIL'))).toBe('0.0.0.0')
  expect(tried.splice(0)).toEqual(['[::]:80', '0.0.0.0:80', '[::]:80', '0.0.0.0:80'])
  await expect(listenOn({ host: '', port: 80 }, failing('EADDRINUSE'))).rejects.toThrow('EADDRINUSE')
  await expect(listenOn({ host: '::', port: 80 }, failing('EAFNOSUPPORT'))).rejects.toThrow('EAFNOSUPPORT')
  expect(tried).toEqual(['[::]:80', '[::]:80'])
})
