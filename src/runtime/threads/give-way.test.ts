import { expect, test, vi } from 'vitest'
import { giveWay } from './give-way.ts'

test('a thread lowers its own priority on Linux, and never that of a whole process', () => {
  const lower = vi.fn<(pid: number, priority: number) => void>()
  giveWay('linux', lower)
  expect(lower.mock.calls).toEqual([[0, 10]])
  giveWay('darwin', lower)
  expect(lower).toHaveBeenCalledTimes(1)
})

test('a sandbox may forbid it', () => {
  giveWay('linux', () => {
    throw new Error('EPERM')
  })
})
