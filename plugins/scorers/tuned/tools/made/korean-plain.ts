import { halfOf, type Made, Maker } from './made.ts'

const list = (words: string) =>
  words
    .trim()
    .split('\n')
    .map(line => line.trim())

const FILL: Readonly<Record<string, readonly string[]>> = {
  brand: [
    '갤럭시 S26',
    '아이폰 17',
    '무신사',
    '스타벅스',
    '올리브영',
    '넷플릭스',
    '현대차',
    'LG 그램',
    '쿠팡',
    '배민',
    '나이키',
    '다이소',
    '카카오',
    '이니스프리',
    '에어팟',
    '삼성전자',
    '네이버',
    '롯데월드',
    '플레이스테이션',
    '투썸',
  ],
  item: [
    '신제품',
    '운동화',
    '텀블러',
    '노트북',
    '이어폰',
    '쿠폰',
    '티켓',
    '굿즈',
    '케이스',
    '립스틱',
    '커피',
    '세트',
    '한정판',
    '전기차',
    '앨범',
    '책',
    '모니터',
    '냉장고',
    '코트',
    '가방',
  ],
  place: [
    '강남점',
    '홍대',
    '코엑스',
    '부산',
    '성수동 팝업',
    '잠실',
    '온라인몰',
    '공식 홈페이지',
    '전국 매장',
    '제주',
    '대구',
    '판교',
    '여의도',
    '앱',
  ],
  day: [
    '오늘',
    '내일',
    '이번 주 토요일',
    '12월 3일',
    '3/15',
    '다음 주 월요일',
    '금요일',
    '11월 28일',
    '주말',
    '다음달',
    '25일(화)',
    '1월 1일',
  ],
  time: ['오전 10시', '오후 3시', '3시', '저녁 7시', '20:00', '정오', '10시 30분', '밤 9시', '18시', '두 시'],
  price: [
    '19,900원',
    '3만원',
    '129만원',
    '4,500원',
    '50,000원',
    '1만 2천원',
    '무료',
    '월 9,900원',
    '20%',
    '99달러',
  ],
  tag: ['', '', '', '', ' #신상', ' #이벤트', ' #공지', ' #일상', ' #데일리'],
  name: [
    '김민수',
    '지연',
    '박 대리',
    '이 팀장',
    '손흥민',
    '아이유',
    '방탄소년단',
    '엄마',
    '동생',
    '친구',
    '민지',
  ],
}

/** Sentences without a mood, as brands, shops, customers and others write them. */
const PLAIN: Readonly<Record<string, readonly string[]>> = {
  announcement: list(`{brand} {item} 사전예약 시작
    {brand} {item} {day} {time} 출시됩니다.
    {day}부터 {place}에서 {item} 판매를 시작합니다
    [공지] {day} {time} 서버 점검 안내
    {brand} X {brand} 콜라보 {item} 공개{tag}
    {day} {time} 라이브 방송이 진행됩니다
    이벤트 기간: {day} ~ {day}
    {place} 오픈 {day} {time}
    당첨자 발표는 {day} {time}에 진행됩니다
    {brand}, {day} 새로운 {item} 공개 예정
    {item} 재입고 안내드립니다.{tag}
    영업시간은 {time}부터 {time}까지입니다
    {brand} 공식 앱 업데이트 안내 (v2.1)
    프로필 링크에서 신청하세요
    팔로우하고 댓글 남기면 추첨을 통해 {item} 증정
    {brand} {item} 사전 알림 신청 접수 중
    배송은 {day}부터 순차적으로 시작됩니다
    {place} 팝업스토어 운영 안내
    {day} 휴무입니다.
    자세한 내용은 홈페이지를 참고해 주세요
    신규 회원 가입 시 {price} 할인 쿠폰 제공
    {brand} {item} 티저 영상 공개{tag}
    모집 대상: 대학생 및 일반인
    정기 배송 서비스가 {place}까지 확대됩니다
    지금 {place}에서 만나보세요`),
  question: list(`{item} 재고 있나요?
    {brand} {item} 출시일 언제인가요?
    {place} 몇 시까지 해요?
    배송 얼마나 걸리나요?
    {item} 사이즈 교환 되나요?
    {place}에 주차 가능한가요?
    이거 {price} 맞나요?
    {item} 색상 몇 가지 있어요?
    예약은 어디서 하나요?
    {brand} 멤버십 할인 적용되나요?
    {day}에도 영업하시나요?
    {item} 어디서 사셨어요?
    혹시 {item} 재입고 언제 되는지 아시는 분
    반품 신청은 어떻게 하나요
    {item} 무게가 어떻게 되나요?
    현금영수증 발급되나요?
    {brand} 고객센터 번호가 뭐예요?
    제주도도 배송되나요?
    {item} 방수 되는 건가요?
    {place} 가는 버스 몇 번이에요?
    {day} {time}에 자리 있나요?
    {item}이랑 {item} 중에 뭐가 더 커요?
    포장도 되나요?
    {name} 공연 티켓팅 언제야?
    충전기는 포함인가요?`),
  schedule: list(`{day} {time} 회의
    오늘 회의 3시
    {day} {place}에서 {name} 만나기로 함
    {time} {place} 집합
    {day} 일정: {time} 미팅, {time} 점심
    {name} 생일 {day}
    {day} {time} {place} 도착 예정
    {time} 기차 탐
    {day}까지 과제 제출
    {day} {time} 치과 예약
    공연 시작 {time}, 입장 {time}
    {day} 시험
    {name}이랑 {time}에 {place}
    마감 {day} {time}
    {day} 출장 {place}
    {time}부터 수업
    {day}부터 {day}까지 휴가
    {name} 컴백 {day}
    경기 시작 {time}
    {day} 이사`),
  price: list(`{item} {price}
    {brand} {item} {price}부터
    {item} 가격 {price}으로 변경
    정가 {price}, 할인가 {price}
    {brand} {item} {price}에 판매 중
    {price} 이상 구매 시 무료배송
    {item} 하나에 {price}
    {item} {price} 판매합니다 직거래 {place}
    {brand} 구독료 {price}
    점심 {price}
    입장료 {price}, 주차 {price}
    택시비 {price} 나옴
    {item} 중고 {price}에 올림
    전월 대비 {price} 상승
    총 {price} 결제
    {item} 1+1
    보증금 {price} 월세 {price}
    환율 1,380원`),
  'small talk': list(`지금 {place} 가는 중
    점심 뭐 먹지
    방금 퇴근함
    {time}에 일어남
    집에서 {item} 정리하는 중
    오늘 비 온대
    {name}이랑 통화함
    커피 한 잔 하고 다시 일
    {place} 사람 많네
    버스 기다리는 중
    저녁은 김치찌개
    {brand} {item} 샀음
    머리 자르러 감
    {name} 지금 뭐해
    나 {place}에 있어
    이번 주는 야근
    {item} 택배 왔다
    운동 갔다 옴
    오늘 {day} 맞지?
    {name}한테 물어봐야겠다
    창문 열어놨어
    {place}에서 사진 찍음{tag}
    노트북 켜놓고 영상 보는 중
    라면 끓이는 중
    다들 점심 드셨나요
    빨래 돌려놓고 나왔다
    {item} 언박싱{tag}
    내일은 {place}
    {brand} 앱 깔았다
    회사 도착`),
}

/** @param half of the templates: 0 to train on, 1 to test on */
export function koreanPlain(half: 0 | 1, perTemplate: number, seed: number): Made[] {
  const maker = new Maker(seed)
  const fill = (template: string) =>
    template.replace(/\{(\w+)\}/g, (_, name: string) => maker.pick(FILL[name] ?? ['']))
  for (const [kind, templates] of Object.entries(PLAIN))
    for (const template of halfOf(templates, half))
      for (let time = 0; time < perTemplate; time++) maker.single(fill(template), 1, kind)
  return maker.made
}
