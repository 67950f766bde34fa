import { expect, test } from 'vitest'
import { alternativeNames } from './node-server.ts'

test('alternative names of every kind are found', () => {
  expect(
    alternativeNames('DNS:a.example, IP Address:127.0.0.1, URI:spiffe://x/y, email:a@b.example'),
  ).toEqual(['a.example', '127.0.0.1', 'spiffe://x/y', 'a@b.example'])
  expect(alternativeNames(undefined)).toEqual([])
})

test('a name that imitates several names is rejected', () => {
  expect(alternativeNames('DNS:"evil.example, DNS:good.example"')).toEqual([])
})
