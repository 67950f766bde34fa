import { createRequire } from 'node:module'
import Sentiment from 'sentiment'

// Packages without types.
const require = createRequire(import.meta.url)

/** Other packages that score texts, by name. */
export const PEERS = {
  sentiment() {
    const sentiment = new Sentiment()
    return (text: string) => sentiment.analyze(text).score
  },
  'vader-sentiment'() {
    const { SentimentIntensityAnalyzer } = require('vader-sentiment') as {
      SentimentIntensityAnalyzer: { polarity_scores(text: string): { compound: number } }
    }
    return (text: string) => SentimentIntensityAnalyzer.polarity_scores(text).compound
  },
  'wink-sentiment'() {
    const analyse = require('wink-sentiment') as (text: string) => { normalizedScore: number }
    return (text: string) => analyse(text).normalizedScore
  },
} satisfies Record<string, () => (text: string) => number>

export type Peer = keyof typeof PEERS
