import { REPORT_LANGUAGES, type ReportLanguage } from '../../../src/plugin/events/report.ts'
import { fillMarkers } from '../markers.ts'
import { arrivalsOf } from './arrivals.ts'
import { demoReports } from './demo-report.ts'
import { type Channel, pictureOf } from './pictures.ts'

export const PAGE = 'docs/digests.md'

const LANGUAGES: Record<ReportLanguage, string> = { en: 'English', ko: 'Korean' }

const CHANNELS: [channel: Channel, name: string][] = [
  ['slack', 'Slack'],
  ['kakaotalk', 'KakaoTalk'],
  ['discord', 'Discord'],
  ['telegram', 'Telegram'],
  ['email', 'E-mail'],
]

/**
 * The page of digests and its pictures: what the outputs send for a report on the demo, as received by servers on
 * loopback.
 * @param page the current page
 */
export async function digestsPage(page: string): Promise<[path: string, text: string][]> {
  const reports = await demoReports()
  const files: [path: string, text: string][] = []
  const sections = new Map<Channel, string[]>(CHANNELS.map(([channel]) => [channel, []]))
  const texts: string[] = []
  for (const language of REPORT_LANGUAGES) {
    const report = reports[language]
    const arrivals = await arrivalsOf(report)
    for (const [channel, name] of CHANNELS) {
      const file = `digests/${channel}-${language}.svg`
      files.push([`docs/${file}`, pictureOf(channel, arrivals, language)])
      sections.get(channel)?.push(`![A digest in ${LANGUAGES[language]}, in ${name}](${file})`)
    }
    texts.push(`${LANGUAGES[language]}:`, `\`\`\`text\n${report.text}\n\`\`\``)
  }
  const pictures = CHANNELS.map(([channel, name]) => `## ${name}\n\n${sections.get(channel)?.join('\n\n')}`)
  const withPictures = fillMarkers(page, 'pictures', pictures.join('\n\n'))
  return [...files, [PAGE, fillMarkers(withPictures, 'texts', texts.join('\n\n'))]]
}
