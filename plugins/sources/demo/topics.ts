import { lumen } from './phrases/lumen.ts'
import { moonlit } from './phrases/moonlit.ts'
import { nova } from './phrases/nova.ts'
import type { TopicPhrases } from './phrases/phrases.ts'
import { starfarm } from './phrases/starfarm.ts'

/** A subject of posts. All subjects are invented. */
export interface Topic {
  /** As in the `topics:` of example.yml. */
  name: string
  /** Its share of the posts; they add up to 1. */
  share: number
  /** The account that posts may mention. */
  account: string
  emoji: readonly string[]
  en: TopicPhrases
  ko: TopicPhrases
}

export const topics: readonly Topic[] = [
  { name: 'nova', share: 0.32, account: 'nova_mobile', emoji: ['📱', '📸'], ...nova },
  { name: 'lumen', share: 0.24, account: 'cafe_lumen', emoji: ['☕', '🥐', '🥤'], ...lumen },
  { name: 'moonlit', share: 0.24, account: 'moonlit_tv', emoji: ['🎬', '🏮', '📺'], ...moonlit },
  { name: 'starfarm', share: 0.2, account: 'playstarfarm', emoji: ['🕹️', '🥕', '🐄'], ...starfarm },
]
