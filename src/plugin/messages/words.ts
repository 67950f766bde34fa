import type { ReportLanguage } from '../events/report.ts'

/** The phrases of reports in one language. Functions insert values into a phrase. */
export interface Words {
  title(report: string): string
  period(from: string, to: string, zone: string): string
  incomplete: string
  posts(n: string): string
  few(n: string): string
  before(change: string): string
  weekBefore(change: string): string
  /** Shown in a list of changes if there is none. */
  none: string
  net(value: string): string
  negative(value: string): string
  points(change: string): string
  share(value: string): string
  top: string
  rising: string
  from(n: string): string
  languages: string
  links: string
  alerts: string
  noAlerts: string
  stillFiring: string
  missed: string
  nothingMissed: string
  stopped(time: string): string
  down(source: string, time: string): string
  dropped(source: string, n: string, reasons: string): string
  ranking(source: string, lists: string): string
  noRanking: string
  rank(share: string, mean: string): string
  isNew: string
  hours(n: string): string
  minutes(n: string): string
  more(n: number): string
}

const plural = (n: string, one: string, many: string) => `${n} ${n === '1' ? one : many}`

export const WORDS: Record<ReportLanguage, Words> = {
  en: {
    title: report => `Mood report: ${report}`,
    period: (from, to, zone) => `${from} to ${to} (${zone})`,
    incomplete: 'Not all sources had reached the end of this period: posts may be missing.',
    posts: n => plural(n, 'post', 'posts'),
    few: n => `${n === '0' ? 'No posts' : `Only ${plural(n, 'post', 'posts')}`}: too few for percentages.`,
    before: change => `${change} on the period before`,
    weekBefore: change => `${change} on the week before`,
    none: 'unchanged',
    net: value => `Net sentiment ${value}`,
    negative: value => `negative ${value}`,
    points: change => `${change} points`,
    share: value => `Share of voice ${value}`,
    top: 'Top terms',
    rising: 'Rising terms',
    from: n => `before: ${n}`,
    languages: 'Languages',
    links: 'Posts',
    alerts: 'Alerts',
    noAlerts: 'No alerts.',
    stillFiring: 'still firing',
    missed: 'Not everything was counted',
    nothingMissed: 'All sources were up, and no post was lost.',
    stopped: time => `The exporter did not run for ${time}.`,
    down: (source, time) => `The source ${source} was down for ${time}.`,
    dropped: (source, n, reasons) => `${plural(n, 'post', 'posts')} of ${source} dropped (${reasons}).`,
    ranking: (source, lists) => `Trending: ${source} (${plural(lists, 'list', 'lists')})`,
    noRanking: 'No list was received.',
    rank: (share, mean) => `${share} of the time, mean rank ${mean}`,
    isNew: 'new',
    hours: n => `${n} h`,
    minutes: n => `${n} min`,
    more: n => `… ${n} more`,
  },
  ko: {
    title: report => `여론 보고서: ${report}`,
    period: (from, to, zone) => `${from} ~ ${to} (${zone})`,
    incomplete: '일부 소스가 이 기간의 끝까지 도달하지 않아 빠진 글이 있을 수 있습니다.',
    posts: n => `글 ${n}건`,
    few: n =>
      n === '0' ? '글이 없어 비율을 표시하지 않습니다.' : `글이 ${n}건뿐이라 비율을 표시하지 않습니다.`,
    before: change => `직전 기간 대비 ${change}`,
    weekBefore: change => `전주 대비 ${change}`,
    none: '변동 없음',
    net: value => `순감성 ${value}`,
    negative: value => `부정 ${value}`,
    points: change => `${change}%p`,
    share: value => `언급 점유율 ${value}`,
    top: '주요 단어',
    rising: '급상승 단어',
    from: n => `이전 ${n}`,
    languages: '언어',
    links: '게시글',
    alerts: '알림',
    noAlerts: '알림 없음.',
    stillFiring: '진행 중',
    missed: '집계에서 빠진 부분',
    nothingMissed: '모든 소스가 정상이었고 유실된 글이 없습니다.',
    stopped: time => `수집기가 ${time} 동안 실행되지 않았습니다.`,
    down: (source, time) => `소스 ${source}: ${time} 동안 연결 끊김.`,
    dropped: (source, n, reasons) => `소스 ${source}: ${n}건 누락 (${reasons}).`,
    ranking: (source, lists) => `인기 검색어: ${source} (목록 ${lists}개)`,
    noRanking: '받은 순위가 없습니다.',
    rank: (share, mean) => `노출 ${share}, 평균 ${mean}위`,
    isNew: '신규',
    hours: n => `${n}시간`,
    minutes: n => `${n}분`,
    more: n => `… 외 ${n}건`,
  },
}
