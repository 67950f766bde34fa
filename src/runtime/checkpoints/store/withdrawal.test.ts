import { expect, test } from 'vitest'
import { beginCommit, withdraw, withdrawable } from './withdrawal.ts'

test('a request is either withdrawn or committed, whichever comes first', () => {
  const withdrawn = withdrawable()
  expect(withdraw(withdrawn)).toBe(true)
  expect(beginCommit(withdrawn)).toBe(false)
  const committing = withdrawable()
  expect(beginCommit(committing)).toBe(true)
  expect(withdraw(committing)).toBe(false)
})
