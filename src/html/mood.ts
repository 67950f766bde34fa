import { type Html, html } from './html.ts'
import { share } from './numbers.ts'

/** Posts by sentiment. */
export interface SentimentCounts {
  positive: number
  neutral: number
  negative: number
  unknown: number
}

export type Mood = 'very-negative' | 'negative' | 'neutral' | 'positive' | 'very-positive' | 'unknown'

const WORDS: Record<Mood, string> = {
  'very-negative': 'very negative',
  negative: 'negative',
  neutral: 'neutral',
  positive: 'positive',
  'very-positive': 'very positive',
  unknown: 'no scores',
}

/** Mouths, drawn in a box of 24 by 24 around the middle of the face. */
const MOUTHS: Record<Mood, string> = {
  'very-negative': 'M7.5 17.5a4.8 4.8 0 0 1 9 0z',
  negative: 'M8 16.8a4.8 4.8 0 0 1 8 0',
  neutral: 'M8 15.8h8',
  positive: 'M8 14.8a4.8 4.8 0 0 0 8 0',
  'very-positive': 'M7.3 13.8a4.8 4.8 0 0 0 9.4 0z',
  unknown: 'M11 16h2',
}

/** The thresholds of scores: `positive` and above, `negative` and below. */
export interface Cuts {
  positive: number
  negative: number
}

/** A mean score this far beyond a threshold is very positive or very negative. */
export const VERY = 0.25

/** The mood of a mean score from -1 to 1. */
export function moodOf(score: number | null, { positive, negative }: Cuts): Mood {
  if (score === null) return 'unknown'
  if (score >= positive) return score >= positive + VERY ? 'very-positive' : 'positive'
  if (score > negative) return 'neutral'
  return score > negative - VERY ? 'negative' : 'very-negative'
}

/** The SVG symbols of the faces; {@link face} refers to them. */
export const FACES: Html = html`<svg width="0" height="0" aria-hidden="true" focusable="false">${(
  Object.keys(MOUTHS) as Mood[]
).map(
  mood => html`<symbol id="${mood}" viewBox="0 0 24 24"><circle class="skin" cx="12" cy="12" r="11"/><circle
class="ink" cx="8.4" cy="9.4" r="1.5"/><circle class="ink" cx="15.6" cy="9.4" r="1.5"/><path class="${
    mood.startsWith('very') ? 'ink line' : 'line'
  }" d="${MOUTHS[mood]}"/></symbol>`,
)}</svg>`

/** A face. Write the mood in words beside it, or set `alone`, which adds it for screen readers. */
export function face(mood: Mood, alone = false): Html {
  const spoken = alone ? html`role="img" aria-label="${WORDS[mood]}"` : html`aria-hidden="true"`
  return html`<svg class="face ${mood}" ${spoken}><use href="#${mood}"/></svg>`
}

export const moodWord = (mood: Mood): string => WORDS[mood]

/** Shares of negative, neutral and positive posts as a bar. Hidden from screen readers: the numbers are beside it. */
export function sentimentBar({ positive, neutral, negative }: SentimentCounts): Html {
  const scored = positive + neutral + negative
  if (scored === 0) return html`<svg class="bar" aria-hidden="true"></svg>`
  const title = `positive ${share(positive, scored)}, neutral ${share(neutral, scored)}, negative ${share(negative, scored)}`
  let x = 0
  const part = (kind: string, posts: number) => {
    const width = (100 * posts) / scored
    const rect = html`<rect class="${kind}" x="${x.toFixed(2)}%" width="${width.toFixed(2)}%" height="100%"/>`
    x += width
    return rect
  }
  return html`<svg class="bar" aria-hidden="true"><title>${title}</title>${part('positive', positive)}${part(
    'neutral',
    neutral,
  )}${part('negative', negative)}</svg>`
}
