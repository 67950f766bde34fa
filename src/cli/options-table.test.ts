import { expect, test } from 'vitest'
import { describeOptions } from '../config/describe.ts'
import { duration, secret, z } from '../plugin/index.ts'
import { optionsMarkdown, optionsText } from './options-table.ts'

const rows = describeOptions(
  z.object({
    path: z.string().describe('What to read.'),
    wait: duration().prefault('10s').describe('How long.'),
    token: secret().optional().describe('Who asks.'),
    mode: z.enum(['first', 'second', 'a|b', 'last of all']).default('first').describe('Which.'),
  }),
)

test('options are shown in columns, long types with the meaning', () => {
  expect(optionsText(rows).split('\n')).toEqual([
    '  path   text      required       What to read.',
    '  wait   duration  default 10s    How long.',
    '  token  secret                   Who asks. A file to read it from may be named as token_file instead.',
    '  mode             default first  Which. One of first, second, a|b, last of all.',
  ])
})

test('options are a Markdown table, bars escaped', () => {
  expect(optionsMarkdown(rows)).toBe(`| Option | Type | Default | Meaning |
| --- | --- | --- | --- |
| \`path\` | text | required | What to read. |
| \`wait\` | duration | \`10s\` | How long. |
| \`token\` | secret |  | Who asks. A file to read it from may be named as \`token_file\` instead. |
| \`mode\` | one of first, second, a\\|b, last of all | \`first\` | Which. |`)
})

test('a plugin without options says so', () => {
  expect([optionsText([]), optionsMarkdown([])]).toEqual(['  It has no options.', 'It has no options.'])
})
