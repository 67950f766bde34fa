/**
 * Makes plugins/scorers/emotions/lexicon-data.ts of the categories of Empath 0.89 (PyPI):
 *
 *     python3 -m pip download --no-deps --no-binary :all: empath==0.89 -d /tmp/empath
 *     node plugins/scorers/emotions/tools/lexicon.ts /tmp/empath/empath-0.89.tar.gz
 *
 * Empath's categories were grown from seed words by a model of similar contexts in fiction, and checked by people
 * (Fast, Chen and Bernstein, CHI 2016). Words near an emotion are also near similar emotions, so a word is assigned
 * to the emotion that most of its categories name, if no other is close; the rest is decided by hand.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

const SHA256 = '91283d9b0233e0cb32c765b9f6274228d20dba9758fae1875e0fb83e4871c40b'
const TARGET = new URL('../lexicon-data.ts', import.meta.url)

/** Empath's categories by emotion. */
const CATEGORIES: Record<string, readonly string[]> = {
  anger: ['anger', 'rage', 'hate'],
  disgust: ['disgust'],
  fear: ['fear', 'horror', 'nervousness'],
  joy: ['joy', 'cheerfulness', 'contentment'],
  love: ['love', 'affection'],
  sadness: ['sadness', 'suffering', 'disappointment'],
  surprise: ['surprise'],
}

/** An emotion gets a word that this share of its categories contain, */
const LEAST_SHARE = 1 / 3

/** … if no other emotion has more than this fraction of that share. */
const RUNNER_UP = 2 / 3

/** Words of several emotions, or of another one in posts. */
const BY_HAND: Record<string, string> = {
  anger:
    'anger angered enraged fury hate hatred rage resent resentment frustration outrage outraged annoyance irritation agitation indignant indignation hostility enmity seething malice',
  disgust:
    'disgust disgusted disgusting contempt nasty vile repulsive revolting despicable repugnant loathing loathe',
  fear: 'fear fearful terror terrify fright horrify horrified nightmare apprehension alarmed panicked unease uneasiness',
  joy: 'joy happiness delight delighted delightful delightfully excitement excited excitedly elation euphoria gleeful overjoyed ecstatic enthusiasm enthusiastically thrill thrilled beaming blissful wonderful amuse amused amusement',
  love: 'love fondness affection adore admiration beloved',
  sadness:
    'sadness misery sorrow unhappiness unhappy heartbroken heartbreak anguish disappointment disappointed disappointing dismay grief lonely distraught',
  surprise: 'bewilderment surprise surprised astonished shocked shocking shock unexpected',
}

/** Words that in posts mostly have another meaning, or no emotion. */
const LEFT_OUT = `apathy ashamed broken chagrin cripple derision derisive disapprove disbelief discontent
  displeasure dissatisfaction distrust mortified overcome ablaze abject
  accomplishment accusation adrenaline aggravation aggression alertness anticipation appeal arouse attracted attraction aversion awful badly bask beating belittle blame bloodshed boil boiling bold boldness bravado breakdown
  breathlessly brotherly bully bullying burden burning captivity carnage caring censure certainty childlike clap clapping
  clearly comically commitment concern condemnation conflicting confusion connection contagious contorted coolness cope
  courtship crave crippling crushing curiosity curiously damaged darken darkness deafening death debilitating deceit defiance
  defiant deliciously denial depth desirable desire destruction determination devoted diminish disapproval discriminate
  disquiet dissipate drown dying dazzle eagerness embarrassment emotion emotional emptiness endure energetically envy evident
  everlasting exclaimed excruciating exhaustion experience expression expressive face failure familial familiarity feel feigned
  ferocity fervor fierce fiercely fiery flare flaring freeze froze fulfillment fullness frown genuine glory grateful
  gratification greed grimace grin growl harsh hiss honesty horror humor ignore implacable indescribable indulge inexplicable
  inflamed inflict injure injured injury innocence insatiable insecurity insomnia intensity interest intimacy intimate
  intimidation isolation jealous jealously jealousy jolt judgmental jumpy kill languid lightness loss lover lust
  lusty lunacy mad madness maniacal menace menacing mercy moan momentarily momentary morbid murderous mutual negativity nostalgia
  numbness onslaught openly openness optimism orgasm outburst outright overpowering overwhelm overwhelming pained palpable
  paralyze paralyzed pathetic pent perish pity pleaser positively potent powerless pretty prolong prospect pulsing
  pure racism rampage rant reaction realization recognition recoil reciprocate rejection relaxation relief relive
  reluctance remorse repressed reproach resignation response revel revelation reverence ridicule roar rude rudeness ruthlessness
  sacrifice savage savagery savor scarring scream screaming searing selfish selfishness sensation sense sensual sensuality
  sentiment sentimental seriously seriousness severe sexist shame shameful shriek shrieking shrill skepticism snarl
  snarling solitude spat spite spontaneity stab stabbing sting stinging strife stricken stubbornness stress stun sudden suddenly
  suffocation suppress suspense sympathize sympathy tantalizing taunt temper threaten throbbing togetherness torrent touching
  tremor triumph triumphant triumphantly trusting turbulent twinge ugliness unbearable unbridled uncertainty unconditional
  unconditionally uncontrollable uncontrolled underlying unending unfulfilled unleash unreasonable unrelenting unrequited
  unrestrained unsatisfied unspeakable utmost utter utterly vehement vengeance vengeful venom venomous vicious viciously vibrancy victorious
  vigor violently visceral void vulnerability wallow wanting warmth wariness weaken weakness weary weariness wince worse
  worthless wound wounded yearn yearning zealous zest meaningful pleasantly sweet idiotic insensitive scum
  hypocrite horrible horrid torture tortured torturous trauma tragedy whimper troubled urgency sincere sincerity`

const words = (text: string): string[] => text.split(/\s+/).filter(word => /^[a-z]+$/.test(word))

/** The words of each category, from the tab-separated file in the archive. */
function categories(archive: string): Map<string, Set<string>> {
  const checksum = createHash('sha256').update(readFileSync(archive)).digest('hex')
  if (checksum !== SHA256) throw new Error(`${archive} is not empath 0.89 as it was released (${checksum})`)
  const text = execFileSync('tar', ['-xzOf', archive, 'empath-0.89/empath/data/categories.tsv'], {
    encoding: 'utf8',
  })
  return new Map(
    text
      .trim()
      .split('\n')
      .map(line => {
        const [name = '', ...entries] = line.trim().split('\t')
        return [name, new Set(entries)]
      }),
  )
}

function byEmotion(found: Map<string, Set<string>>): Map<string, string[]> {
  const leftOut = new Set(words(LEFT_OUT))
  const byHand = new Map(
    Object.entries(BY_HAND).flatMap(([emotion, text]) => words(text).map(word => [word, emotion])),
  )
  const shares = (word: string) =>
    Object.entries(CATEGORIES)
      .map(([emotion, names]) => ({
        emotion,
        share: names.filter(name => found.get(name)?.has(word)).length / names.length,
      }))
      .sort((a, b) => b.share - a.share)
  const all = new Set([
    ...byHand.keys(),
    ...Object.values(CATEGORIES)
      .flat()
      .flatMap(name => words([...(found.get(name) ?? [])].join(' '))),
  ])
  const result = new Map(Object.keys(CATEGORIES).map((emotion): [string, string[]] => [emotion, []]))
  for (const word of [...all].sort()) {
    const [first, second] = shares(word)
    const clear = first && second && first.share >= LEAST_SHARE && second.share <= RUNNER_UP * first.share
    const emotion = byHand.get(word) ?? (clear && !leftOut.has(word) ? first.emotion : undefined)
    if (emotion) result.get(emotion)?.push(word)
  }
  return result
}

const LICENCE = `Copyright (c) 2016 Ethan Fast

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`

/** Lines of at most this number of characters, as the formatter does not wrap text. */
function wrapped(list: readonly string[]): string {
  const lines = ['']
  for (const word of list) {
    const line = lines.at(-1) as string
    if (line.length + word.length > 104) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.map(line => `    ${line}`).join('\n')
}

const [archive = ''] = process.argv.slice(2)
const lexicon = byEmotion(categories(archive))
writeFileSync(
  TARGET,
  `/*
 * Made by tools/lexicon.ts of the categories of Empath 0.89 (PyPI; https://github.com/Ejhfast/empath-client), under this
 * licence:
 *
${LICENCE.split('\n')
  .map(line => ` * ${line}`.trimEnd())
  .join('\n')}
 */

/** English words that name or express an emotion, in lower case. */
export const LEXICON = {
${[...lexicon].map(([emotion, list]) => `  ${emotion}: \`\n${wrapped(list)}\n  \`,`).join('\n')}
} as const satisfies Record<string, string>
`,
)
for (const [emotion, list] of lexicon) console.log(emotion.padEnd(10), list.length)
