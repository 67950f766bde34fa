import { hashSync } from 'bcrypt'
import { expect, test, vi } from 'vitest'
import { BasicAuth, credentials } from './basic-auth.ts'
import { basic } from './client-testing.ts'

const verified = vi.hoisted(() => [] as string[])
vi.mock('bcrypt', async original => {
  const bcrypt = await original<typeof import('bcrypt')>()
  return {
    ...bcrypt,
    compare: (password: string, hash: string) => {
      verified.push(password)
      return bcrypt.compare(password, hash)
    },
  }
})

/** As `htpasswd` writes them. */
const hash = (password: string) => hashSync(password, 4).replace('$2b$', '$2y$')
const USERS = new Map([
  ['prometheus', hash('open:sesame')],
  ['김', hash('비밀')],
])

/** How often bcrypt was asked since the last time. */
const asked = () => verified.splice(0).length

test('credentials are read from the header', () => {
  expect(credentials(basic('a', 'b:c'))).toEqual({ user: 'a', password: 'b:c' })
  expect(credentials(`bAsIc  ${Buffer.from(':').toString('base64')} `)).toEqual({ user: '', password: '' })
  for (const bad of [
    undefined,
    '',
    'Basic',
    'Basic !!!!',
    'Bearer YTpi',
    'Basic YTpi YTpi',
    `Basic ${'='.repeat(9)}`,
    'Basic YWI=',
  ])
    expect(credentials(bad)).toBeNull()
})

test('the right password is accepted, with one hash for the first request', async () => {
  const auth = new BasicAuth()
  asked()
  for (const _ of [1, 2, 3])
    expect(await auth.check(USERS, basic('prometheus', 'open:sesame'))).toBe('accepted')
  expect(asked()).toBe(1)
  expect(await auth.check(USERS, basic('김', '비밀'))).toBe('accepted')
})

test('a wrong password is rejected, and repetitions need no further hash', async () => {
  const auth = new BasicAuth()
  asked()
  for (const _ of [1, 2, 3]) expect(await auth.check(USERS, basic('prometheus', 'wrong'))).toBe('refused')
  expect(asked()).toBe(1)
  expect(await auth.check(USERS, basic('prometheus', 'open:sesame'))).toBe('accepted')
})

test('an unknown user is rejected after the same hash as a known one', async () => {
  const auth = new BasicAuth()
  asked()
  for (const password of ['open:sesame', '비밀'])
    expect(await auth.check(USERS, basic('nobody', password))).toBe('refused')
  expect(asked()).toBe(2)
  for (const user of ['__proto__', 'constructor', ''])
    expect(await auth.check(USERS, basic(user, 'x'))).toBe('refused')
})

test('a new hash in the file ends what was remembered of the old one', async () => {
  const auth = new BasicAuth()
  const header = basic('prometheus', 'open:sesame')
  expect(await auth.check(USERS, header)).toBe('accepted')
  expect(await auth.check(new Map([['prometheus', hash('another')]]), header)).toBe('refused')
  expect(await auth.check(new Map([['someone', hash('another')]]), header)).toBe('refused')
  expect(await auth.check(USERS, header)).toBe('accepted')
})

test('a request without a header needs no hash', async () => {
  asked()
  expect(await new BasicAuth().check(USERS, undefined)).toBe('refused')
  expect(asked()).toBe(0)
})

test('a flood of guesses waits in a short queue; the rest is asked to retry later', async () => {
  const auth = new BasicAuth()
  await auth.check(USERS, basic('prometheus', 'open:sesame'))
  const guesses = Array.from({ length: 200 }, (_, n) => auth.check(USERS, basic('prometheus', `guess ${n}`)))
  expect(await auth.check(USERS, basic('prometheus', 'open:sesame'))).toBe('accepted')
  const results = await Promise.all(guesses)
  expect(results.filter(result => result === 'refused').length).toBe(16)
  expect(results.filter(result => result === 'busy').length).toBe(184)
  expect(await auth.check(USERS, basic('김', '비밀'))).toBe('accepted')
})
