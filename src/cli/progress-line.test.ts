import { expect, test } from 'vitest'
import { Progress } from './progress-line.ts'

/** A stream and a clock that only the test moves. */
function setUp(isTTY: boolean) {
  const written: string[] = []
  let now = 0
  const stream = { isTTY, write: (text: string) => written.push(text) }
  const progress = new Progress(1000, stream, () => now)
  const at = (ms: number, done: number) => {
    now = ms
    progress.show(done)
  }
  return { written, progress, at }
}

test('on a terminal a line replaces itself, and is erased at the end', () => {
  const { written, progress, at } = setUp(true)
  at(500, 10)
  at(2000, 200)
  at(2100, 210)
  at(2300, 230)
  progress.end()
  expect(written).toEqual([
    '\r\x1b[K20 %  200 of 1000 posts  8 s left',
    '\r\x1b[K23 %  230 of 1000 posts  8 s left',
    '\r\x1b[K',
  ])
})

test('elsewhere there are occasional lines, and none for a short run', () => {
  const { written, progress, at } = setUp(false)
  for (let second = 1; second <= 40; second++) at(second * 1000, second * 10)
  progress.end()
  expect(written).toEqual(['15 %  150 of 1000 posts  85 s left\n', '30 %  300 of 1000 posts  70 s left\n'])
})
