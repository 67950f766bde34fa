import { Counter, Histogram, Registry } from 'prom-client'
import Sentiment from 'sentiment'

/** The obvious program: a line, a post, a score, a few increments. */
export class Straightforward {
  readonly #sentiment = new Sentiment()
  readonly #registry = new Registry()
  readonly #posts = new Counter({
    name: 'posts_total',
    help: 'Posts',
    labelNames: ['source', 'topic', 'lang', 'scorer', 'sentiment'],
    registers: [this.#registry],
  })
  readonly #score = new Histogram({
    name: 'positivity',
    help: 'Scores',
    labelNames: ['source', 'topic', 'scorer'],
    buckets: [0.05, 0.1, 0.2, 0.3, 0.4, 0.475, 0.525, 0.6, 0.7, 0.8, 0.9, 0.95, 1],
    registers: [this.#registry],
  })
  readonly hashtags = new Map<string, number>()

  run(bytes: Buffer): void {
    let start = 0
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      this.#record(bytes.toString('utf8', start, end))
      start = end + 1
    }
  }

  #record(line: string): void {
    const { text, lang } = JSON.parse(line) as { text: string; lang: string }
    const { score: sum } = this.#sentiment.analyze(text)
    const score = sum / Math.sqrt(sum * sum + 15)
    const sentiment = score >= 0.05 ? 'positive' : score <= -0.05 ? 'negative' : 'neutral'
    this.#posts.inc({ source: 'bench', topic: 'all', lang, scorer: 'afinn', sentiment })
    this.#score.observe({ source: 'bench', topic: 'all', scorer: 'afinn' }, (score + 1) / 2)
    for (const [tag] of text.matchAll(/#[\p{L}\p{N}_]+/gu)) {
      const term = tag.toLowerCase()
      this.hashtags.set(term, (this.hashtags.get(term) ?? 0) + 1)
    }
  }
}
