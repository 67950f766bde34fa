/*
 * Made by tools/lexicon.ts of the categories of Empath 0.89 (PyPI; https://github.com/Ejhfast/empath-client), under this
 * licence:
 *
 * Copyright (c) 2016 Ethan Fast
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
 * files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
 * modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
 * Software is furnished to do so, subject to the following conditions:
 *
 * The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
 * Software.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
 * WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
 * COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
 * OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
 */

/** English words that name an emotion or are said in it, in lower case. */
export const LEXICON = {
  anger: `
    aggressiveness agitation anger angered angrily angry annoyance annoying betrayed bitter cruelty degrade
    degrading despise despised dislike disrespect disrespectful enmity enraged fearsome ferocious frustrate
    frustrating frustration fuming furious fury hate hated hating hatred heartless hostility humiliate
    indignant indignation infuriate infuriated insult irate irritability irritate irritation livid malice
    offend outrage outraged rage resent resentment seething unfairness unkind vindictive wrath
  `,
  disgust: `
    appalled bitterness condescension contempt contemptuous deplorable despicable detest disdain disgust
    disgusted disgusting distaste humiliation loath loathe loathing loathsome malicious meanness mockery
    nasty repugnant repulsive revolting revulsion scorn scowl sneer sneering unpleasant vile
  `,
  fear: `
    afraid alarmed anxiety anxious apprehension apprehensive dread fear fearful frantic fright frighten
    frightened frightening frightful horrified horrify horrifying hysteria jittery nervous nervousness
    nightmare panic panicked panicking panicky paranoia paranoid scared shudder stressful terrified terrify
    terrifying terror tremble trembling trepidation unease uneasiness uneasy unsettle unsettling worried
    worrisome worry worrying
  `,
  joy: `
    amuse amused amusement applause beaming bliss blissful boisterous buoyant calmness cheer cheerful
    cheerfully cheerfulness cheering cheery contented contentment delight delighted delightful delightfully
    ecstatic elated elation enthusiasm enthusiastic enthusiastically euphoria euphoric excited excitedly
    excitement exhilaration exuberance giddy glee gleeful gleefully happily happiness happy jovial joy joyful
    joyous jubilant laughter lively overjoyed playfulness pleasing pleasurable radiant rejoice satisfaction
    sweetness thrill thrilled tranquility tranquillity uplifting wonderful
  `,
  love: `
    admiration admire adoration adore adored adoring affection affectionate allure amiable amicable amorous
    ardent beloved camaraderie cherish cherished closeness companionship compassion compassionate dearly
    devotion doting ecstasy empathetic empathy endearing fascinated fascination fervent flirtation fond
    fondly fondness friendliness gentleness heartfelt infatuated infatuation kindness kinship kiss love loved
    loving lovingly passion passionate passionately smitten tenderness wholeheartedly
  `,
  sadness: `
    abandonment ache aching afflict anguish betray bittersweet boredom consternation cry dejected depress
    depressed depressing depression depressive despair despairing despondent devastating disappoint
    disappointed disappointing disappointment disgruntled dismal dismay dismayed displeased dissatisfied
    distraught distress downcast forlorn gloom grief grieve grievous hardship heartache heartbreak
    heartbreaking heartbroken helplessly helplessness hopelessness hurt hurting lethargy loneliness lonely
    melancholy miserable misery misfortune mourn mournful mourning painful painfully pessimism pitiful regret
    sad saddened sadness somber soreness sorrow sorrowful suffer sufferer sullen tears torment tormented
    turmoil unhappiness unhappy
  `,
  surprise: `
    aback amazed amazement astonished astonishing astonishment astounded astounding awe awed awestruck
    bewildered bewilderment flabbergasted gasp mystified perplexed puzzled puzzlement shock shocked shocking
    shockingly speechless stunned surprise surprised surprising unbelievable unexpected unexpectedly wow
  `,
} as const satisfies Record<string, string>
