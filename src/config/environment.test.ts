// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are references to the environment, as users write them
import { expect, test } from 'vitest'
import { expandEnvironment } from './environment.ts'

const ENV = {
  HOST: 'relay',
  PORT: '9999',
  EMPTY: '',
  ON: 'true',
  ID: '007',
  EXP: '1e5',
  LONG: '12345678901234567890',
  YAML: 'a: b\n- c',
  HALF: '0.50',
}

const expand = (text: string) => expandEnvironment({ key: text }, ENV)
const expanded = (text: string) => (expand(text).value as { key: unknown }).key

test.for([
  ['${HOST}:${PORT}', 'relay:9999'],
  ['${PORT}', 9999],
  ['${HALF}', 0.5],
  ['${ON}', true],
  ['${ID}', '007'],
  ['${EXP}', '1e5'],
  ['${LONG}', '12345678901234567890'],
  ['${EMPTY}', ''],
  ['${EMPTY:-x}', 'x'],
  ['${UNSET:-}', ''],
  ['${UNSET:-5}', 5],
  ['${UNSET:-a:-b}', 'a:-b'],
  ['$${HOST}', '${HOST}'],
  ['$$$$', '$$'],
  ['$AAPL costs 5$', '$AAPL costs 5$'],
  ['${YAML}', 'a: b\n- c'],
] as const)('"%s" becomes %j', ([text, value]) => {
  expect(expand(text)).toEqual({ value: { key: value }, problems: [] })
})

test('a variable that is not set is a problem at its path', () => {
  const { problems } = expandEnvironment({ sources: [{ token: 'x${NOPE}' }] }, ENV)
  expect(problems).toEqual([
    {
      path: ['sources', 0, 'token'],
      message: 'the environment variable NOPE is not set; set it, or write ${NOPE:-default}',
    },
  ])
})

test.for(['${', '${HOST', '${1}', '${HO ST}', '${UNSET:-${HOST}}', '${}'])(
  '"%s" is refused as malformed',
  text => {
    expect(expand(text).problems).toHaveLength(1)
    expect(expand(text).problems[0]?.message).toMatch(/^expected a reference such as \$\{NAME\}/)
  },
)

test('keys, and values that are not text, stay as they are', () => {
  const value = { '${HOST}': [1, true, null, { a: 'b' }] }
  expect(expandEnvironment(value, ENV)).toEqual({ value, problems: [] })
})

test('the value of a variable is not expanded again', () => {
  expect(expandEnvironment('a ${A}', { A: '${B}', B: 'no' }).value).toBe('a ${B}')
})

test('a quoted reference stays a string', () => {
  expect(expandEnvironment({ name: '${PORT}' }, ENV, () => true).value).toEqual({ name: '9999' })
})

test('a text with many dollar signs is handled in linear time', () => {
  expect(expanded('${'.repeat(50_000))).toHaveLength(100_000)
})
