/**
 * Invented texts on which implementations differ: each rule with its exceptions, and edge cases of Unicode and white
 * space.
 */
export function edgeCases(): string[] {
  return [...new Set(Object.values(KINDS).flatMap(make => make()))]
}

const times = (text: string, count: number) => text.repeat(count)

/** Reproducible random numbers from 0 to n - 1 (a linear congruential generator). */
function seeded(seed: number) {
  let state = seed
  return (n: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}

const WORDS_BEFORE = (
  'the very VERY hardly kinda not never so this no No NO or nor least at without doubt kind of sort just enough ' +
  "isn't ISN'T dont uh-uh despite really but good bad xn't"
).split(' ')

const WHITE_SPACE =
  '\t \n \v \f \r \x1c \x1d \x1e \x1f \x85 \xa0 \u1680 \u180e \u2000 \u200a \u200b \u2028 \u2029 \u202f \u205f \u3000 \ufeff'

const CASES =
  'GOOD Good gOOD GOOD! G00D LIKE_ME \u212aIND ‹K›IND İLL ıLL STRAßE GREAT ﬁNE ΣΑΣ σας Ǆ ǅ ǆ Ⅷ ⅷ Ⓐ ⓐ ª ʰ 𝐆 𝐠 𐐀 𐐨 🅶 ÉLAN élan'.split(
    ' ',
  )

const EMOTICONS =
  ":) :( :-) :D :d ;) :P XD xd <3 </3 :'( =) (: ): :/ :\\ D: O_o o_O :Þ \\o/ *\\0/* }:-) ^_^ :3 8) %) >:( ;-) 8d".split(
    ' ',
  )

const EMOJI =
  '😂 😀 ❤ ❤️ 💔 💘 🥰 🥺 👍 👍🏽 🫠 😭 ☺ ☺️ © ™ 🆒 🆙 🔛 👌 🙅 🅰 Ⓜ 👨‍👩‍👧 🇰🇷 1️⃣ ㊗ 🈚 💋 😁 🔥 💯 ⁉ ❗ ✨'.split(
    ' ',
  )

const IDIOMS =
  'the shit|the bomb|bad ass|badass|bus stop|yeah right|kiss of death|to die for|beating heart|upper hand|cut the mustard'.split(
    '|',
  )

const KINDS: Record<string, () => string[]> = {
  empty: () => [
    '',
    ' ',
    '\n\t ',
    '!',
    '?',
    '!!! ???',
    '.',
    '…',
    '""',
    "'",
    'a',
    'I',
    '-- --',
    '\u200b',
    '\ufeff',
  ],

  capitals: () => [
    'This is GOOD',
    'THIS IS GOOD',
    'this is good',
    'GOOD',
    'I AM SAD',
    'I am SAD',
    'A GOOD 1',
    '1 2 GOOD',
    'GOOD :)',
    'GOOD :D',
    'BAD bad BAD',
    'Not GOOD',
    'NOT good',
    'VERY good',
    'VERY BAD news',
    'SO not GOOD',
    'REALLY bad, REALLY',
    'HARDLY bad',
    'HARDLY a GOOD one',
    'OK OK ok',
    'GOOD X\u02b0',
    'GOOD X\u00aa',
    'GOOD \u01c4\u01c5',
    'NO good',
    'no GOOD',
    ...CASES.flatMap(word => [`${word} and good`, `good ${word}`, `It is ${word} GOOD`]),
  ],

  wordsBefore() {
    const next = seeded(1)
    const pick = () => WORDS_BEFORE[next(WORDS_BEFORE.length)] as string
    const weighty = ['good', 'terrible', 'LOVE', 'kind', 'no', 'like']
    const one = WORDS_BEFORE.flatMap(word => [`${word} good`, `${word} terrible`])
    const more = Array.from({ length: 240 }, () =>
      [...Array.from({ length: 1 + next(4) }, pick), weighty[next(weighty.length)]].join(' '),
    )
    return [...one, ...more]
  },

  least: () => [
    'least good',
    'the least good',
    'at least good',
    'the very least good',
    'Least Good of all',
    'at the least bad',
    'AT LEAST BAD',
    'least least good',
    'not least good',
  ],

  never: () => [
    'never so good',
    'never this good',
    'never been so good',
    'never has this been good',
    'it was so very good',
    'it is this very good',
    'she is so not bad',
    'was it all so good',
    'we think it so bad',
    'without doubt good',
    'without a doubt good',
    'without any doubt a bad one',
    'without good doubt',
    'without doubt a good one',
    'without doubt so good',
    'never ever good',
    'never good this way',
  ],

  no: () => [
    'no good',
    'no',
    'no!',
    'No.',
    'no no',
    'no no no good',
    'no problem',
    'no big problem',
    'no love or hate',
    'no love nor hate',
    'no great love or hate',
    'no joy, hope or pain',
    'oh no',
    'no so good',
    'no?good',
    'No kind of fun',
  ],

  contractions: () =>
    [
      "isn't",
      'isnt',
      'isn’t',
      "ISN'T",
      "Isn'T",
      "ain't",
      'aint',
      "n't",
      "don'ts",
      "wouldn'tve",
      "'tisn't",
      "didn't-or-did",
      "can 't",
      "🌙't",
      "🌙n't",
      "(don't)",
      "don't!!",
      `${times('x', 200)}n't`,
    ].flatMap(word => [`${word} good`, `it ${word} a bad thing`, `${word} that a very bad thing`]),

  idioms: () =>
    IDIOMS.flatMap(idiom => [
      idiom,
      `${idiom}!`,
      `this is ${idiom}`,
      `all of this is ${idiom} now`,
      `I would say it was ${idiom} good`,
      `the one that ${idiom} love is`,
      `they said that ${idiom.toUpperCase()} again`,
      `well, then: ${idiom} was bad`,
    ]),

  boosters: () => [
    'kind of good',
    'it was kind of good',
    'it was sort of bad',
    'all just enough good',
    'it is just enough fun',
    'kind of',
    'Kind Of a love',
    'a kind man',
    'kind-of good',
    'sort-of bad',
    'so so so good',
    'very very very bad',
    'more good',
    'little good',
    'a most incredible win',
    'EXTREMELY good',
    'an extreme lie',
    'the uber, friggin best',
    'less happy',
    'slightly sad',
    'good very',
  ],

  but: () => [
    'good but bad',
    'bad but good',
    'but good',
    'good but',
    'good, but bad, but great',
    'GOOD BUT BAD',
    'good but good',
    'great good but good great',
    'love like but like love',
    'good bad but',
    'butt good',
    'good (but) bad',
    "good 'but' bad",
    'fine fine fine but fine fine fine',
    'a 3.0 awful, 1.5 dull but dull and awful thing',
    'sad happy sad but happy sad happy',
    'no good but no bad',
    'It is pretty but cruel, but pretty, cruel, kind',
    'best lovely but lovely best!!',
    'hope hope joy but hope, joy, hope? joy?',
    'not good but not bad :(',
    // Halved, the first weight equals that of a word after "but", which the reference then changes instead.
    'love but accept',
    'love, accept but accept, love',
    'sweet sweet but alright :p',
    'hell and cancer but annoying, agitating, annoying',
    'laugh but able, acceptable, acceptable',
    'nice one but adequate, adequate and nice',
    `${times('good bad ', 40)}but ${times('bad good ', 40)}`,
    ...['ok', 'fun', 'awesome', 'lol', 'sweet', 'cool'].flatMap(a =>
      ['hate', 'sad', 'tears', 'weak'].map(b => `${a} ${b} ${a} but ${b} ${a} very ${b} ${a}`),
    ),
  ],

  marks: () =>
    ['good', 'bad', 'table', 'no', 'good bad'].flatMap(word =>
      [0, 1, 2, 3, 4, 5, 9].flatMap(marks => [
        `${word}${times('!', marks)}`,
        `${word} ${times('?', marks)}`,
        `${word}${times('!?', marks)}`,
      ]),
    ),

  punctuation: () =>
    [
      '(good)',
      '"good"',
      '“good”',
      '«good»',
      '*good*',
      '_good_',
      '~~good~~',
      '#good',
      '@good',
      '#Good#Bad',
      'good/bad',
      'good-bad',
      'good...bad',
      'good,bad',
      'good_bad',
      '$good',
      'good;',
      'go.od',
      '#fu',
      'fu!',
      'fu',
      '...ok...',
      'ok.',
      '.ok',
      'no.',
      '(no) good',
      '86',
      '86!',
      '187...',
      'x.',
      'd-:',
      ...[60, 63, 64, 65, 127, 128, 129, 300].flatMap(count => [
        `${times('(', count)}good`,
        `good${times('!', count)} day`,
        `${times('.', count)}:) fine`,
        `${times('x', count)} good`,
        `fu${times('.', count)} love`,
      ]),
    ].flatMap(text => [text, `so ${text}`]),

  emoticons: () =>
    EMOTICONS.flatMap(emoticon => [
      emoticon,
      `fine ${emoticon}`,
      `fine${emoticon}`,
      `not ${emoticon}`,
      `${emoticon}!`,
      `(${emoticon})`,
    ]),

  emoji: () =>
    EMOJI.flatMap(emoji => [
      emoji,
      times(emoji, 3),
      `love${emoji}`,
      `${emoji}love`,
      `${emoji}!!`,
      `not ${emoji}`,
      `but ${emoji} BUT`,
      `\n${emoji}\tgood`,
    ]),

  whiteSpace: () =>
    WHITE_SPACE.split(' ')
      .filter(space => space !== '')
      .flatMap(space => [
        `good${space}bad`,
        `${space}very${space}good${space}`,
        `not${space}GOOD ${space}`,
        `😂${space}good`,
      ]),

  web: () => [
    'https://example.com/good',
    'good https://t.co/abcDEF',
    'www.good.com',
    'RT @good: this is bad',
    '@GOOD you are bad',
    '#LOVE is good',
    '#love',
    '#iloveit',
    'good&amp;bad',
    '&lt;3',
    'mail me@good.org',
    '50% good',
    'C++ is good',
    '1.5x better',
    '<b>good</b>',
    '`good`',
    '\\good',
    'good\u0000bad',
    '\u0000 good',
  ],

  otherLanguages: () => [
    '정말 좋아요',
    '정말 good',
    '최고 😂😂 ㅋㅋㅋ',
    'ㅠㅠ sad ㅠㅠ',
    '不错 good。',
    'très bon, bad',
    'هذا good جدا',
    'naïve good',
    'café love',
    'Привет GOOD мир',
    'ПРИВЕТ GOOD',
    'ελληνικός good',
    'ΕΛΛΗΝΙΚΟΣ GOOD',
  ],

  broken: () => [
    '\ud800',
    'good \ud83d',
    '\udc00 bad',
    '\ud83dgood',
    'good\udc00',
    '\ud800\ud800 love',
    'go\u0300od good\u0300',
  ],

  mixed() {
    const next = seeded(2)
    const pool = [
      ...WORDS_BEFORE,
      ...EMOTICONS,
      ...EMOJI,
      ...CASES,
      ...IDIOMS,
      'love,',
      'hate.',
      '#fun',
      'pain!',
      'joy?',
      'the',
      'phone',
    ]
    const gaps = [' ', ' ', ' ', ' ', ', ', '! ', '\n', '', '...']
    return Array.from({ length: 300 }, () =>
      Array.from({ length: 3 + next(14) }, () => `${pool[next(pool.length)]}${gaps[next(gaps.length)]}`).join(
        '',
      ),
    )
  },
}
