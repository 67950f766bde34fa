import { expect, test } from 'vitest'
import type { Config } from '../../config/schema.ts'
import { reportSpecs, retentionOf } from './report-spec.ts'
import { DAY, HOUR, specOf } from './reports-testing.ts'

const MINUTE = 60_000
const NAMES = { topics: ['galaxy', 'nova'], scorer: 'auto', rankings: ['signal'] }

const configured = (more: object = {}) =>
  reportSpecs(
    {
      reports: [
        {
          name: 'daily',
          at: '09:00',
          time_zone: 'Asia/Seoul',
          language: 'en',
          few: 30,
          terms: 3,
          links: 2,
          ranking_terms: 10,
          ...more,
        },
      ],
    } as unknown as Pick<Config, 'reports'>,
    NAMES,
  )[0]

test('a report that names nothing is of all topics and rankings, by the first scorer, to all outputs', () => {
  expect(configured()).toEqual({
    name: 'daily',
    cron: '0 9 * * *',
    timeZone: 'Asia/Seoul',
    period: null,
    topics: ['galaxy', 'nova'],
    scorer: 'auto',
    to: null,
    language: 'en',
    template: null,
    few: 30,
    terms: 3,
    links: 2,
    rankings: ['signal'],
    rankingTerms: 10,
  })
})

test('what a report names replaces that', () => {
  const named = {
    period: 6 * HOUR,
    topics: ['nova'],
    scorer: 'vader',
    to: ['slack'],
    template: '{{ topics }}',
    rankings: [],
  }
  expect(configured(named)).toMatchObject(named)
})

test('several reports keep what the longest of them needs', () => {
  const daily = specOf()
  const hourly = specOf({ cron: '0 * * * *' })
  expect(retentionOf([hourly, daily])).toEqual(retentionOf([daily]))
  expect(retentionOf([hourly])).toEqual({
    // The period, and the same hour of the week before; a day more, so that a missed report can be made.
    history: { slice: HOUR, keep: 7 * DAY + HOUR + DAY },
    terms: { label: 'report', size: 2 * HOUR + DAY, slide: HOUR, terms: 200 },
    rankings: 2 * HOUR + DAY,
  })
})

test('slices divide the bounds of all reports', () => {
  const whole = specOf({ cron: '0 * * * *' })
  const half = specOf({ cron: '30 * * * *' })
  expect(retentionOf([whole, half])?.history.slice).toBe(HOUR / 2)
  expect(retentionOf([half, whole])?.history.slice).toBe(HOUR / 2)
})

test('a report of less than an hour keeps two periods, and one of an hour the week before', () => {
  const short = specOf({ cron: '0,30 * * * *', period: HOUR / 2 })
  expect(retentionOf([short])?.history.keep).toBe(2 * (HOUR / 2) + 12 * HOUR)
  expect(retentionOf([specOf({ cron: '0 * * * *', period: HOUR })])?.history.keep).toBe(8 * DAY + HOUR)
})

test('terms are kept in longer slices than posts where there would be too many', () => {
  const { history, terms } = retentionOf([specOf({ cron: '*/5 * * * *', period: DAY })]) ?? {}
  expect(history?.slice).toBe(15 * MINUTE)
  expect(terms?.slide).toBeGreaterThanOrEqual(history?.slice as number)
})
