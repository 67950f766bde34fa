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

/** A Hangul syllable says as much as so many Latin letters. */
const SYLLABLE = 2.5

/** How much of a text is looked at for its script. */
const LOOKED_AT = 2000

/** From this part of a text on, a script counts. */
const SCRIPT_SHARE = 0.2

/** Fewer Latin letters than this are a name or a brand in a Korean text, no English. */
const LEAST_LATIN = 12

/**
 * How far emoji move the score of a Korean text: this part of what is left on their side. Its model has seen hardly any;
 * emoticons it knows better than their table does, and they are left to it.
 */
const EMOJI_PULL = 0.5

const PICTOGRAPH = /\p{Extended_Pictographic}/u

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
  description: 'Asks the scorer that knows the language of the post best: trained, by rules, or by emoji.',
  options: z.strictObject({}),
  async create(_, context) {
    const [tuned, vader, emoji] = (await Promise.all(
      ['tuned', 'vader', 'emoji'].map(name => postScorer(name, context)),
    )) as [PostScorer, PostScorer, PostScorer]

    /** For a post that has enough Hangul to be Korean; null for another. */
    function koreanPanel(post: Post): Panel | null {
      const { lang = '', text } = post
      const { hangul, latin } = lettersOf(text, LOOKED_AT, '@#')
      const korea = hangul * SYLLABLE
      if (korea === 0 || korea < SCRIPT_SHARE * (korea + latin)) return null
      const share = latin >= LEAST_LATIN ? latin / (korea + latin) : 0
      const english = share >= SCRIPT_SHARE ? [say(tuned, post, 'en', share)] : []
      const says = [say(tuned, post, 'ko', english.length > 0 ? 1 - share : 1), ...english]
      return PICTOGRAPH.test(text) ? { says, pull: say(emoji, post, lang, EMOJI_PULL) } : { says }
    }

    function panelFor(post: Post): Panel {
      const { lang = '', text } = post
      const korean = hasHangul(text) ? koreanPanel(post) : null
      if (korean) return korean
      if (primaryLanguage(lang) === 'en') return { says: [say(tuned, post, 'en')] }
      const unknown = isUnknownLanguage(lang)
      if (isEnglishEnough(text)) return { says: [say(unknown ? tuned : vader, post, 'en')] }
      const ruled = say(vader, post, lang)
      return { says: [unknown && scoreOf(ruled) !== null ? ruled : say(emoji, post, lang)] }
    }

    return {
      score: post => scoreOfPanel(panelFor(post)),
      explain: post => explain(panelFor(post)),
    }
  },
})

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
  return towards === null || !pull ? mean : mean + pull.share * towards * (1 - Math.abs(mean))
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
