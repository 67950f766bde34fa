import type { TopicPhrases } from './phrases.ts'

/** A telephone. */
export const nova: { en: TopicPhrases; ko: TopicPhrases } = {
  en: {
    names: ['Nova Phone'],
    subjects: [
      '{name}',
      'my {name}',
      'the {name} camera',
      'the battery of my {name}',
      'the screen on the {name}',
      'the new {name} update',
    ],
    sentences: {
      positive: [
        'Night shots on the {name} are amazing',
        'Switched to the {name} and I love it',
        'My {name} lasts two days, awesome battery',
        'The {name} is fast and beautiful',
        'Best camera ever, thanks {name}',
      ],
      neutral: [
        'Which colour of the {name} would you take?',
        'Looking for a case for my {name}',
        'Pre-orders for the {name} open at two this afternoon',
        'Moved my photos to the {name} today',
        'Is the {name} out in your country yet?',
      ],
      negative: [
        'My {name} gets hot and the battery is terrible',
        'The {name} screen is cracked after one week, awful',
        '{name} support is terrible, nobody answers',
        'The {name} keeps losing signal, I hate it',
        'Bad speaker, bad battery, sorry {name}',
      ],
    },
    incident: [
      'My {name} crashed after the update, this is terrible',
      'The {name} update broke everything, worst update ever',
      '{name} is dead since the update and I lost my photos, so angry',
      'The {name} update is a disaster, do not install it',
      'My {name} keeps restarting, horrible, I want a refund',
      'Hate this {name} update, now my phone is broken',
    ],
    tags: [
      'NovaPhone',
      'photography',
      'unboxing',
      'tech',
      'nightmode',
      'gadgets',
      'battery',
      'camera',
      'newphone',
    ],
    incidentTags: ['novadown', 'NovaPhone', 'brickedphone', 'fixyourupdate'],
  },
  ko: {
    names: ['노바폰'],
    subjects: ['{name}', '제 {name}', '{name} 카메라', '{name} 배터리', '{name} 화면', '{name} 새 업데이트'],
    sentences: {
      positive: [
        '{name} 야간 사진 정말 예쁘게 나와요',
        '{name}{으로/로} 바꾸길 진짜 잘했어요',
        '배터리가 이틀은 가요, {name} 대단해요',
        '{name} 화면 진짜 선명하고 예뻐요',
        '{name}{은/는} 가볍고 빨라서 너무 좋아요',
      ],
      neutral: [
        '{name} 색상 뭐가 좋을까요?',
        '{name} 케이스 추천 부탁드려요',
        '{name} 사전 예약이 오늘 오후 2시부터래요',
        '{name}{으로/로} 찍은 사진 올려요',
        '{name} 쓰시는 분 계신가요?',
      ],
      negative: [
        '{name} 발열 너무 심해요',
        '{name} 배터리가 반나절도 못 가요',
        '{name} 고객센터 응대 최악이네요',
        '{name} 산 지 일주일 만에 화면 깨졌어요',
        '{name} 통화가 자꾸 끊겨서 짜증 나요',
      ],
    },
    incident: [
      '업데이트하고 나서 {name}{이/가} 계속 꺼져요',
      '{name} 업데이트했다가 사진 다 날렸어요, 너무 화나요',
      '{name} 벽돌 됐어요, 최악이네요',
      '{name} 업데이트 절대 하지 마세요',
      '{name} 긴급 패치는 언제 나오나요? 너무 답답해요',
    ],
    tags: ['노바폰', '폰카', '언박싱', '야간모드', '신상폰', '스마트폰', '배터리', '사진', '사전예약'],
    incidentTags: ['노바폰먹통', '노바폰', '업데이트오류', '환불'],
  },
}
