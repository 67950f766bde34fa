import { expect, test } from 'vitest'
import { formatProblem, parseConfig } from '../../config/load.ts'
import { outputSpecs } from './output-spec.ts'

function load(yaml: string) {
  const result = parseConfig(`sources: [{ use: demo }]\n${yaml}`, 'mood.yml')
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return result.loaded.config
}

test('an output says where to and nothing else, and the rest has defaults', () => {
  const config = load('outputs: [{ use: webhook, url: "https://example.com/", headers: { a: b } }]')
  expect(outputSpecs(config, [{ name: 'webhook' }])).toEqual([
    {
      use: 'webhook',
      name: 'webhook',
      options: { url: 'https://example.com/', headers: { a: 'b' } },
      windows: null,
      events: null,
      posts: null,
      queue: 10_000,
      batch: 100,
      timeout: 15_000,
      retry: { initial: 1000, max: 60_000, giveUp: 86_400_000 },
    },
  ])
})

test('the windows of an output are named by their labels', () => {
  const config = load(
    'windows: [{ size: 60s }, { size: 1h }]\noutputs: [{ use: stdout, windows: [1m, 60m] }]',
  )
  expect(outputSpecs(config, [{ name: 'stdout' }])[0]?.windows).toEqual(['1m', '1h'])
})
