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

/** A Hangul syllable counts as this many Latin letters. */
const SYLLABLE = 2.5

/** How much of a text is read to detect its script. */
const LOOKED_AT = 2000

/** The minimum share of a script in a text. */
const SCRIPT_SHARE = 0.2

/** Fewer Latin letters than this are a name or brand in a Korean text, and not English. */
const LEAST_LATIN = 12

/** The exporter's default threshold: scores closer to zero are neutral. */
const LEAST_MOOD = 0.05

/** The part of the distance to ±1 by which emoji move the score of a text with words. */
const EMOJI_PULL = 0.5

const PICTOGRAPHS =
  /\p{Extended_Pictographic}(?:[\u{1f3fb}-\u{1f3ff}\ufe0e\ufe0f]|\u200d\p{Extended_Pictographic})*/gu

/** A quick test for emoji: most posts have no such code unit. */
const MAYBE_PICTOGRAPH = /[\u00a9\u00ae\u203c-\u3299\ud83c-\ud83e]/

/** A scorer to ask, the post as it receives it, and its share in the mean. */
interface Vote {
  scorer: PostScorer
  post: Post
  share: number
}

/** The scorers that are asked for a post, and the emoji that then move their mean. */
interface WeightedVote {
  votes: Vote[]
  pull?: Vote
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
     * The trained scorer decides the sign for an English text. The rules of VADER, which measure intensity by "very",
     * capitals and exclamation marks, have half of the weight for the magnitude. The combination is closer to human
     * ratings.
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

    /** A vote of the trained scorer on the words of a post, moved by its emoji. */
    function trained(post: Post, lang: string): WeightedVote {
      if (!MAYBE_PICTOGRAPH.test(post.text)) return { votes: [vote(scorerFor(lang), post, lang)] }
      const marked = withoutHearts(post)
      const words = withoutEmoji(marked)
      return words === marked
        ? { votes: [vote(scorerFor(lang), marked, lang)] }
        : { votes: [vote(scorerFor(lang), words, lang)], pull: vote(emoji, marked, lang, EMOJI_PULL) }
    }

    /** The vote for a post with enough Hangul to be Korean; null for any other. */
    function koreanVote(post: Post): WeightedVote | null {
      const { lang = '', text } = post
      const { hangul, latin } = lettersOf(text, LOOKED_AT, '@#')
      const korea = hangul * SYLLABLE
      if (korea === 0 || korea < SCRIPT_SHARE * (korea + latin)) return null
      const share = latin >= LEAST_LATIN ? latin / (korea + latin) : 0
      if (share < SCRIPT_SHARE) return trained(post, 'ko')
      const votes = [vote(tuned, post, 'ko', 1 - share), vote(english, post, 'en', share)]
      return { votes, pull: vote(emoji, post, lang, EMOJI_PULL) }
    }

    function voteFor(post: Post): WeightedVote {
      const { lang = '', text } = post
      const korean = hasHangul(text) ? koreanVote(post) : null
      if (korean) return korean
      if (primaryLanguage(lang) === 'en' || isEnglishEnough(text)) return trained(post, 'en')
      if (!isUnknownLanguage(lang)) return { votes: [vote(emoji, post, lang)] }
      // A few words of unknown language: if VADER knows one of them, they are English; emoji are scored separately.
      const ruled = scoreOf(vote(vader, withoutEmoji(post), lang))
      if (ruled !== null && ruled !== 0) return trained(post, 'en')
      const drawn = vote(emoji, post, lang)
      return { votes: [scoreOf(drawn) === null ? vote(vader, post, lang) : drawn] }
    }

    return {
      score: post => scoreOfVote(voteFor(post)),
      explain: post => explain(voteFor(post)),
    }
  },
})

/** A heart between two Korean names means that they are a couple, also in neutral headlines. */
const COUPLE = /(?<=[가-힣])[♥❤]\ufe0f?(?=['’]? ?[가-힣])/gu

function withoutHearts(post: Post): Post {
  const text = post.text.replace(COUPLE, ' ')
  return text === post.text ? post : { ...post, text }
}

/** The post without its emoji; the same object if it has none. */
function withoutEmoji(post: Post): Post {
  const text = post.text.replace(PICTOGRAPHS, ' ')
  return text === post.text ? post : { ...post, text }
}

const vote = (scorer: PostScorer, post: Post, lang: string, share = 1): Vote => ({
  scorer,
  post: (post.lang ?? '') === lang ? post : { ...post, lang },
  share,
})

async function postScorer(use: string, context: ScorerContext): Promise<PostScorer> {
  const scorer = await context.scorer({ use })
  if (!('score' in scorer)) throw new Error(`expected ${use} to score post by post`)
  return scorer
}

function scoreOf({ scorer, post }: Vote): Score {
  const answer = scorer.score(post)
  return typeof answer === 'object' ? (answer?.score ?? null) : answer
}

/** The weighted mean of the scores, moved by emoji. */
function scoreOfVote({ votes, pull }: WeightedVote): Score {
  let sum = 0
  let shares = 0
  for (const vote of votes) {
    const score = scoreOf(vote)
    if (score === null) continue
    sum += score * vote.share
    shares += vote.share
  }
  const towards = pull ? scoreOf(pull) : null
  if (shares === 0) return towards
  const mean = sum / shares
  if (towards === null || !pull) return mean
  // Emoji that contradict the words have half the weight; otherwise they add to the words' score.
  if (mean * towards < 0) return (1 - pull.share) * mean + pull.share * towards
  return mean + pull.share * towards * (1 - Math.abs(mean))
}

function explain({ votes, pull }: WeightedVote): Piece[] {
  return [...votes, ...(pull ? [pull] : [])].flatMap(({ scorer, post, share }) =>
    (scorer.explain?.(post) ?? [])
      .filter(({ weight }) => weight !== 0)
      .map(({ text, weight, why }) => {
        const reasons = [votes.length > 1 && `read as ${post.lang}`, why].filter(Boolean)
        return { text, weight: weight * share, ...(reasons.length > 0 ? { why: reasons.join(', ') } : {}) }
      }),
  )
}

/** Words of nearly every English sentence that other languages hardly use. */
const FUNCTION_WORDS = new Set(
  `the and are were been to of it it's that this these those with you you're your i'm i've i'd my our they their them
  she his her by from but not don't can't won't isn't didn't have has had does did would can could should just what when
  why how who about out up there here than then too very really some any because after before for`.split(
    /\s+/,
  ),
)

/** The share of such words in a text that makes it English. */
const SHARE = 0.2

/** How many words are read. */
const WORDS = 60

const WORD = /(?<![\p{L}\p{N}@#])\p{L}[\p{L}'’]*/gu

/** Whether a text is English enough to be scored as English, whatever its language field says. */
function isEnglishEnough(text: string): boolean {
  let words = 0
  let found = 0
  for (const [word] of text.slice(0, 4000).matchAll(WORD)) {
    if (FUNCTION_WORDS.has(word.toLowerCase().replaceAll('’', "'"))) found++
    if (++words === WORDS) break
  }
  return found >= 2 && found >= SHARE * words
}
