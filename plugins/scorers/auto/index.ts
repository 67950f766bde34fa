import {
  defineScorer,
  hasHangul,
  isUnknownLanguage,
  lettersOf,
  type Piece,
  type Post,
  type PostScorer,
  primaryLanguage,
  type Score,
  type ScorerContext,
  z,
} from 'mood-exporter/plugin'
import { isEnglishEnough } from './english.ts'

/** How many Latin letters a Hangul syllable counts as. */
const SYLLABLE = 2.5

/** How much of a text is looked at for its script. */
const LOOKED_AT = 2000

/** From this part of a text on, a script counts. */
const SCRIPT_SHARE = 0.2

/** Fewer Latin letters than this are a name or a brand in a Korean text, no English. */
const LEAST_LATIN = 12

/** Where the exporter cuts scores into sentiments by default: below it a score is neutral. */
const LEAST_MOOD = 0.05

/** How far emoji move the score of a text with words: this part of what is left on their side. */
const EMOJI_PULL = 0.5

const PICTOGRAPHS =
  /\p{Extended_Pictographic}(?:[\u{1f3fb}-\u{1f3ff}\ufe0e\ufe0f]|\u200d\p{Extended_Pictographic})*/gu

/** Whether it is worth looking for emoji: most posts have no such code unit. */
const MAYBE_PICTOGRAPH = /[\u00a9\u00ae\u203c-\u3299\ud83c-\ud83e]/

/** One scorer's say in a post's score: the post as it is given to it, and how much it counts. */
interface Say {
  scorer: PostScorer
  post: Post
  share: number
}

/** Who has a say in a post's score, and what moves it then. */
interface Panel {
  says: Say[]
  pull?: Say
}

export default defineScorer({
  name: 'auto',
  description: 'Selects the scorer that knows the language of the post best: trained, by rules, or by emoji.',
  options: z.strictObject({}),
  async create(_, context) {
    const [tuned, vader, emoji] = (await Promise.all(
      ['tuned', 'vader', 'emoji'].map(name => postScorer(name, context)),
    )) as [PostScorer, PostScorer, PostScorer]

    /**
     * The trained scorer says which side an English text is on, and the rules of VADER, which weigh intensity by "very",
     * capitals and exclamation marks, have half a say in how far. Together they are nearer to people's ratings.
     */
    function scoreOfEnglish(post: Post): Score {
      const score = tuned.score(post) as Score
      if (score === null || Math.abs(score) < LEAST_MOOD) return score
      const strength = (Math.abs(score) + Math.sign(score) * ((vader.score(post) as Score) ?? 0)) / 2
      return Math.sign(score) * Math.max(LEAST_MOOD, strength)
    }

    const english: PostScorer = {
      score: scoreOfEnglish,
      explain: post => tuned.explain?.(post) ?? [],
    }
    const scorerFor = (lang: string) => (lang === 'en' ? english : tuned)

    /** A say of the trained scorer about the words of a post, pulled to the side of its emoji. */
    function trained(post: Post, lang: string): Panel {
      if (!MAYBE_PICTOGRAPH.test(post.text)) return { says: [say(scorerFor(lang), post, lang)] }
      const marked = withoutHearts(post)
      const words = withoutEmoji(marked)
      return words === marked
        ? { says: [say(scorerFor(lang), marked, lang)] }
        : { says: [say(scorerFor(lang), words, lang)], pull: say(emoji, marked, lang, EMOJI_PULL) }
    }

    /** For a post that has enough Hangul to be Korean; null for another. */
    function koreanPanel(post: Post): Panel | null {
      const { lang = '', text } = post
      const { hangul, latin } = lettersOf(text, LOOKED_AT, '@#')
      const korea = hangul * SYLLABLE
      if (korea === 0 || korea < SCRIPT_SHARE * (korea + latin)) return null
      const share = latin >= LEAST_LATIN ? latin / (korea + latin) : 0
      if (share < SCRIPT_SHARE) return trained(post, 'ko')
      const says = [say(tuned, post, 'ko', 1 - share), say(english, post, 'en', share)]
      return { says, pull: say(emoji, post, lang, EMOJI_PULL) }
    }

    function panelFor(post: Post): Panel {
      const { lang = '', text } = post
      const korean = hasHangul(text) ? koreanPanel(post) : null
      if (korean) return korean
      if (primaryLanguage(lang) === 'en' || isEnglishEnough(text)) return trained(post, 'en')
      if (!isUnknownLanguage(lang)) return { says: [say(emoji, post, lang)] }
      // A few words of no known language: where VADER knows one of them, they are English; what emoji say is kept apart.
      const ruled = scoreOf(say(vader, withoutEmoji(post), lang))
      if (ruled !== null && ruled !== 0) return trained(post, 'en')
      const drawn = say(emoji, post, lang)
      return { says: [scoreOf(drawn) === null ? say(vader, post, lang) : drawn] }
    }

    return {
      score: post => scoreOfPanel(panelFor(post)),
      explain: post => explain(panelFor(post)),
    }
  },
})

/** A heart between two Korean names says that they are a couple, and is in the plainest headline. */
const COUPLE = /(?<=[가-힣])[♥❤]\ufe0f?(?=['’]? ?[가-힣])/gu

function withoutHearts(post: Post): Post {
  const text = post.text.replace(COUPLE, ' ')
  return text === post.text ? post : { ...post, text }
}

/** The post without its emoji; the same post where it has none. */
function withoutEmoji(post: Post): Post {
  const text = post.text.replace(PICTOGRAPHS, ' ')
  return text === post.text ? post : { ...post, text }
}

const say = (scorer: PostScorer, post: Post, lang: string, share = 1): Say => ({
  scorer,
  post: (post.lang ?? '') === lang ? post : { ...post, lang },
  share,
})

async function postScorer(use: string, context: ScorerContext): Promise<PostScorer> {
  const scorer = await context.scorer({ use })
  if (!('score' in scorer)) throw new Error(`expected ${use} to score post by post`)
  return scorer
}

function scoreOf({ scorer, post }: Say): Score {
  const answer = scorer.score(post)
  return typeof answer === 'object' ? (answer?.score ?? null) : answer
}

/** The mean score of those that have one, pulled towards where emoji point. */
function scoreOfPanel({ says, pull }: Panel): Score {
  let sum = 0
  let shares = 0
  for (const say of says) {
    const score = scoreOf(say)
    if (score === null) continue
    sum += score * say.share
    shares += say.share
  }
  const towards = pull ? scoreOf(pull) : null
  if (shares === 0) return towards
  const mean = sum / shares
  if (towards === null || !pull) return mean
  // Against the words, emoji have half the say; with them, they add to what the words say.
  if (mean * towards < 0) return (1 - pull.share) * mean + pull.share * towards
  return mean + pull.share * towards * (1 - Math.abs(mean))
}

function explain({ says, pull }: Panel): Piece[] {
  return [...says, ...(pull ? [pull] : [])].flatMap(({ scorer, post, share }) =>
    (scorer.explain?.(post) ?? [])
      .filter(({ weight }) => weight !== 0)
      .map(({ text, weight, why }) => {
        const reasons = [says.length > 1 && `read as ${post.lang}`, why].filter(Boolean)
        return { text, weight: weight * share, ...(reasons.length > 0 ? { why: reasons.join(', ') } : {}) }
      }),
  )
}
