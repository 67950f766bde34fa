import type { TopicPhrases } from './phrases.ts'

/** A chain of coffee shops. */
export const lumen: { en: TopicPhrases; ko: TopicPhrases } = {
  en: {
    names: ['Café Lumen', 'Cafe Lumen'],
    subjects: [
      '{name}',
      'the oat latte at {name}',
      'the cheesecake at {name}',
      'the music at {name}',
      '{name} espresso',
      'the new {name} downtown',
    ],
    sentences: {
      positive: [
        'The staff at {name} are so kind, love them',
        'Free refill at {name} today, awesome',
        'Best flat white in town is at {name}',
        'Lovely morning at {name} with a good book',
        '{name} smells like heaven, so cosy and nice',
      ],
      neutral: [
        'What time does {name} open on sunday?',
        'Meeting a classmate at {name} at four',
        'Is there a {name} near the station?',
        'Sitting at {name} with my laptop',
        '{name} has a new menu from tomorrow',
      ],
      negative: [
        'Waited thirty minutes at {name}, terrible service',
        'The coffee at {name} was cold and awful',
        '{name} raised prices again, I hate it',
        'Dirty tables at {name}, so disappointed',
        'Rude staff at {name} today, worst visit ever',
      ],
    },
    incident: [
      '{name} charged my card twice, this is fraud',
      'The {name} app charged me three times, I am so angry',
      '{name} lost all my points, terrible, I want a refund',
      'Charged twice at {name} and nobody helps, awful',
      'The {name} payment system is broken, what a disaster',
      'Never paying at {name} again, horrible mess',
    ],
    tags: ['CafeLumen', 'coffee', 'latte', 'cafe', 'morning', 'cheesecake', 'barista', 'oatmilk', 'espresso'],
    incidentTags: ['lumenrefund', 'CafeLumen', 'doublecharged', 'coffeegate'],
  },
  ko: {
    names: ['루멘커피', '카페 루멘'],
    subjects: ['{name}', '{name} 라떼', '{name} 치즈케이크', '{name} 분위기', '{name} 원두', '{name} 신메뉴'],
    sentences: {
      positive: [
        '{name} 직원분들 정말 친절해요',
        '{name} 라떼 한 잔에 기분이 좋아졌어요',
        '동네에 {name}{이/가} 생겨서 너무 행복해요',
        '{name} 디저트는 다 맛있어요, 최고',
        '비 오는 날 {name} 창가 자리, 너무 좋다',
      ],
      neutral: [
        '{name} 일요일에 몇 시에 열어요?',
        '네 시에 {name}에서 친구 만나기로 했어요',
        '역 근처에 {name} 있나요?',
        '{name}에서 노트북 켜고 일하는 중',
        '{name} 메뉴가 내일부터 바뀐대요',
      ],
      negative: [
        '{name}에서 30분이나 기다렸어요, 최악',
        '{name} 커피가 다 식어서 나왔어요',
        '{name} 가격 또 올랐네요, 너무 비싸요',
        '{name} 테이블이 너무 지저분해요',
        '{name} 직원이 불친절해서 기분 상했어요',
      ],
    },
    incident: [
      '{name}에서 결제가 두 번 됐어요, 너무 화나요',
      '{name} 앱이 세 번이나 결제했어요, 최악',
      '{name} 포인트가 다 사라졌어요',
      '{name} 결제 오류인데 고객센터는 연락이 안 돼요',
      '{name} 이중 결제 환불은 언제 해 주나요? 정말 실망이에요',
    ],
    tags: ['루멘커피', '카페', '라떼', '커피', '카페투어', '디저트', '치즈케이크', '모닝커피', '신메뉴'],
    incidentTags: ['루멘환불', '루멘커피', '이중결제', '결제오류'],
  },
}
