/**
 * Words that do not indicate the subject of a post, in the spelling of posts: contractions, and short Korean forms of
 * "really" and "just". Lists for search engines, such as those on npm, are made for edited text and lack these.
 */
const LISTS = {
  en: `
a an the this that these those there here
i me my mine myself we us our ours ourselves you your yours yourself yourselves u ur
he him his himself she her hers herself it its itself they them their theirs themselves one ones
who whom whose which what when where why how
and or but nor so if because as than then though although while until unless since whether
of at by for with about against between into through during before after above below to from up down in out on off
over under again further once onto within without upon around among per via vs
am is are was were be been being have has had having do does did doing done
can could will would shall should may might must ought
i'm i've i'll i'd you're you've you'll you'd he'll he'd she'll she'd we're we've we'll we'd they're they've they'll
they'd it'll it'd that'll who'll there'll let's
isn't aren't wasn't weren't hasn't haven't hadn't doesn't don't didn't won't wouldn't can't cannot couldn't shouldn't
mustn't mightn't needn't ain't
im ive ill id youre youve dont doesnt didnt isnt arent wasnt cant couldnt wont wouldnt thats whats its lets aint
gonna wanna gotta lemme
now well like know think see want take back need
not no yes yeah ok okay just only also too very really even still yet already ever never always much many more most
some any all both each few other another such own same every either neither else rather quite
get gets got getting go goes going went gone come comes came make makes made let say says said
s t d ll m o re ve y
rt amp lt gt http https www com
`,
  ko: `
이 그 저 것 거 게 걸 수 등 및 때 중 더 안 못 잘 좀 참 왜 뭐 또 다 막 꼭 딱 할 한 된 될 듯 뿐 데 줄 지 건 난 넌 전 내 네 제 나 너
나는 너는 저는 우리 우린 저희 너희 당신 그녀 그들 자기 내가 네가 니가 제가 나도 저도 나의 나를 나한테 우리가 우리는
이거 그거 저거 이건 그건 저건 이게 그게 저게 이걸 그걸 이것 그것 저것 이런 그런 저런 이렇게 그렇게 저렇게 이래 그래 이제 이젠
여기 거기 저기 여긴 거긴 지금 오늘 어제 내일 요즘 아까 나중 다시 계속 항상 자주 가끔 벌써 아직 이미 방금 먼저
누가 누구 무엇 뭐가 뭔가 뭔지 뭘 어디 언제 어떤 어떻게 얼마나 무슨 어느 왜냐하면
정말 진짜 너무 매우 아주 완전 그냥 바로 거의 조금 많이 더욱 제일 가장 모두 전부 다들 서로 역시 혹시 아마 별로 그다지 굳이 일단 근데
그리고 그러나 그런데 그래서 그러면 그럼 그러니까 그러므로 그래도 그렇지만 하지만 또는 또한 혹은 즉 때문 때문에 위해 위한 대한 대해
통해 따라 관한 관련 의해 에서 에게 으로 까지 부터 처럼 보다 만큼 라고 이라고 하고 라는 이라는 라도 이나 거나 든지 같은 같이 같아 같다
있다 있는 있고 있어 있어서 있어요 있음 있습니다 있었다 있네 있는데 있지만 있을 없다 없는 없고 없어 없어요 없음 없이 없네 없습니다
보는 보기 나오는 나온 나오고 나오 보여주는 만드는 만든 하다 하는 하고 하면 해서 했다 했는데 했어 해요 한다 하지 하네 하게 하기 합니다 했습니다 해도 하며 하니 할수 해야
되다 되는 되고 되면 돼서 됐다 된다 되네 됩니다 돼 돼요 이다 입니다 이에요 예요 인데 이고 이면 인가 이네 이야 이지 아니 아니다 아닌
아니라 아님 않다 않는 않고 않은 않아 싶다 싶은 보고 본 볼 보면 봤다 봤는데 그런지 건지 거지 거야 거죠 것도 것은 것을 것이 수가 정도
`,
} as const

/** Languages with a list. */
export const LANGUAGES = Object.keys(LISTS) as [Language, ...Language[]]

export type Language = keyof typeof LISTS

export const stopWordsOf = (language: Language): string[] => LISTS[language].trim().split(/\s+/)
