import type { CommandContext } from 'mood-exporter/plugin'
import { expect, test } from 'vitest'
import twitter from './index.ts'
import { rulesCommand } from './rules-command.ts'
import { NOVA, STAR } from './testing-twitter.ts'
import { LocalX } from './testing-x.ts'

/** `mood-exporter twitter rules ACTION`, with these topics. */
function rules(x: LocalX, action: string, topics = [NOVA, STAR], more: object = {}) {
  const silent = () => {}
  const context: CommandContext = {
    name: 'twitter',
    log: { debug: silent, info: silent, warn: silent, error: silent },
    signal: new AbortController().signal,
    baseDir: '.',
    topics,
  }
  const budget = { posts_per_day: 1 }
  const options = twitter.options.parse({ bearer_token: 'token', url: x.url, budget, ...more })
  return rulesCommand(action, options, context)
}

const NOVA_RULE = '(nova OR "galaxy s26" OR #galaxys26)'
const STAR_RULE = '(별 OR star) -movie'

test('it shows what would change, changes it, lists all and removes ours', async () => {
  const x = await LocalX.start()
  x.rules = [
    { id: 'a', value: 'cats', tag: 'theirs' },
    { id: 'b', value: 'old', tag: 'mood-exporter:old' },
  ]
  const diff = await rules(x, 'diff')
  expect(diff.text.split('\n')).toEqual([
    '- old  old',
    `+ nova  ${NOVA_RULE}`,
    `+ star  ${STAR_RULE}`,
    '2 added, 1 removed, 0 refused, 0 as they were',
  ])
  expect(x.rules).toHaveLength(2)

  const applied = await rules(x, 'apply')
  expect(applied).toMatchObject({ text: diff.text, data: diff.data, failed: false })
  expect((await rules(x, 'diff')).text).toBe('0 added, 0 removed, 0 refused, 2 as they were')

  const list = await rules(x, 'list')
  expect(list.text.split('\n')).toEqual([
    'a  (not ours: theirs)  cats',
    `1  nova  ${NOVA_RULE}`,
    `2  star  ${STAR_RULE}`,
  ])
  expect(list.data).toContainEqual({ id: '1', tag: 'mood-exporter:nova', topics: ['nova'], rule: NOVA_RULE })

  expect((await rules(x, 'clear')).text.split('\n').at(-1)).toBe('2 removed')
  expect(x.rules.map(({ id }) => id)).toEqual(['a'])
})

test('a rule that X refuses is shown with its topic and the reason, and fails the command', async () => {
  const x = await LocalX.start()
  const { text, data, failed } = await rules(x, 'apply', [NOVA, STAR], { rules: { star: 'star unknown:x' } })
  expect(failed).toBe(true)
  expect(text.split('\n')).toEqual([
    `+ nova  ${NOVA_RULE}`,
    "! star  Reference to invalid operator 'unknown' (at position 1): star unknown:x",
    '1 added, 0 removed, 1 refused, 0 as they were',
  ])
  expect(data).toMatchObject({ refused: [{ topic: 'star', rule: 'star unknown:x' }] })
})

test('a token that X rejects is an error that names X', async () => {
  const x = await LocalX.start()
  x.token = 'another'
  await expect(rules(x, 'list')).rejects.toThrow(`${x.url}: it answered 401: Unauthorized`)
})
