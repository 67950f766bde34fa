import { labelKey } from '../../catalogue/label-key.ts'
import { moodKey } from '../../state/history.ts'
import { deltaShapeOf, type StateShape } from '../../state/shape.ts'
import { State } from '../../state/state.ts'
import { MoodCell } from '../../state/window-slices.ts'
import { type ReportSpec, type Retention, retentionOf } from './report-spec.ts'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR

export const specOf = (more: Partial<ReportSpec> = {}): ReportSpec => ({
  name: 'daily',
  cron: '0 9 * * *',
  timeZone: 'Asia/Seoul',
  period: null,
  topics: ['galaxy', 'nova'],
  scorer: 'afinn',
  to: null,
  language: 'en',
  template: null,
  few: 30,
  terms: 3,
  links: 3,
  rankings: [],
  rankingTerms: 10,
  ...more,
})

/** The shape of a state with reports. */
export function shapeOf(...specs: ReportSpec[]): StateShape {
  const { history, terms } = retentionOf(specs) as Retention
  return {
    windows: [],
    extractors: [{ name: 'hashtags', top: 10, windows: [terms] }],
    terms: 1000,
    slices: 4096,
    idle: 10_000,
    history,
  }
}

/** Posts of one topic, written at one time. */
export interface Posts {
  at: number
  topic: string
  lang?: string
  positive?: number
  neutral?: number
  negative?: number
  /** How many of them have a hashtag, by hashtag. */
  terms?: Record<string, number>
  url?: string
}

/** A state that counted these posts as they were written, and its clock at the end. */
export function stateOf(
  shape: StateShape,
  posts: readonly Posts[],
  now: number,
  since = now - 30 * DAY,
): State {
  const state = new State(shape)
  state.merge(new State(deltaShapeOf(shape)), since)
  state.advance(since)
  for (const { at, topic, lang = 'en', positive = 0, neutral = 0, negative = 0, terms = {}, url } of posts) {
    const delta = new State(deltaShapeOf(shape))
    const cell = new MoodCell()
    for (let i = 0; i < positive; i++) cell.add(0, 0.5)
    for (let i = 0; i < neutral; i++) cell.add(1, 0)
    for (let i = 0; i < negative; i++) cell.add(2, -0.5)
    delta.history?.at(at).moods.set(moodKey(topic, lang, 'afinn'), cell)
    const [window] = delta.terms.get('hashtags') ?? []
    for (const [term, n] of Object.entries(terms))
      for (let i = 0; i < n; i++) window?.slices.at(at, topic).observe(term, 0.5)
    if (url !== undefined) {
      const histogram = delta.histogram('mood_positivity_ratio').cell(labelKey('tcp', topic, 'afinn'))
      const bucket = histogram.observe(0.25)
      histogram.exemplars[bucket] = { label: 'url', text: url, value: 0.25, at: at / 1000 }
    }
    delta.observe('tcp', '', at)
    const encoded = delta.encode()
    for (const each of encoded.terms) state.mergeTerms(each)
    state.merge(State.decodeBase(deltaShapeOf(shape), encoded.base), at)
    state.advance(at)
  }
  state.advance(now)
  return state
}
