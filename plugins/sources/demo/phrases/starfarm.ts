import type { TopicPhrases } from './phrases.ts'

/** A game. */
export const starfarm: { en: TopicPhrases; ko: TopicPhrases } = {
  en: {
    names: ['Starfarm'],
    subjects: [
      '{name}',
      'my {name} village',
      'the {name} winter event',
      'fishing in {name}',
      'the {name} soundtrack',
      '{name} multiplayer',
    ],
    sentences: {
      positive: [
        'Caught the golden trout in {name}, so happy',
        'Playing {name} with friends is so much fun',
        '{name} is the most relaxing game, I love it',
        'My {name} greenhouse looks amazing now',
        'Finished the harvest in {name}, what a great feeling',
      ],
      neutral: [
        'Where do I find copper in {name}?',
        'What crops do you plant in {name} this season?',
        'Day 112 in {name}, building a barn',
        'Is {name} out on tablets?',
        'Anyone up for {name} tonight at nine?',
      ],
      negative: [
        '{name} deleted my save, I hate this',
        'The {name} winter event is boring and bad',
        'Too many bugs in {name}, terrible patch',
        '{name} lag is awful tonight',
        'The {name} shop is a greedy scam',
      ],
    },
    incident: [
      '{name} servers crashed and my farm is gone, terrible',
      'Cannot log in to {name}, what a disaster of a launch day',
      '{name} is down again, worst servers ever',
      'Lost three weeks of work in {name}, I am so angry',
      '{name} wiped my village, this is horrible',
      'Paid for {name} and it is broken, I hate this',
    ],
    tags: [
      'Starfarm',
      'gaming',
      'cozygames',
      'screenshot',
      'farming',
      'indie',
      'coop',
      'goldentrout',
      'stream',
    ],
    incidentTags: ['starfarmdown', 'Starfarm', 'savegone', 'serverdown'],
  },
  ko: {
    names: ['스타팜'],
    subjects: [
      '{name}',
      '제 {name} 마을',
      '{name} 겨울 이벤트',
      '{name} 낚시',
      '{name} 배경 음악',
      '{name} 멀티플레이',
    ],
    sentences: {
      positive: [
        '{name}에서 황금 송어 잡았어요, 너무 신나요',
        '친구들이랑 하는 {name} 진짜 재밌어요',
        '{name} 하면 마음이 편안해져요',
        '{name} 온실 꾸몄는데 너무 예뻐요',
        '자기 전에 하는 {name}{이/가} 요즘 제일 큰 행복이에요',
      ],
      neutral: [
        '{name} 구리는 어디서 캐나요?',
        '{name} 이번 계절에 뭐 심으세요?',
        '{name} 112일 차, 외양간 짓는 중',
        '{name} 태블릿으로도 되나요?',
        '오늘 밤 9시에 {name} 같이 하실 분?',
      ],
      negative: [
        '{name} 저장 파일이 날아갔어요, 최악',
        '{name} 겨울 이벤트 너무 지루해요',
        '{name} 버그가 너무 많아요',
        '{name} 렉 때문에 낚시를 못 하겠어요',
        '{name} 상점은 돈 쓰라는 얘기밖에 없네요',
      ],
    },
    incident: [
      '{name} 서버 터졌어요, 접속이 안 돼요',
      '{name} 농장이 통째로 사라졌어요, 너무 화나요',
      '{name} 또 점검이라니 정말 최악이네요',
      '3주 동안 키운 {name} 마을이 없어졌어요',
      '{name} 환불해 주세요, 진짜 실망이에요',
    ],
    tags: ['스타팜', '게임', '힐링게임', '농장', '스크린샷', '낚시', '인디게임', '황금송어', '같이해요'],
    incidentTags: ['스타팜서버', '스타팜', '서버다운', '복구해주세요'],
  },
}
