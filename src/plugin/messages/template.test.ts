import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { HTML, MARKDOWN, SLACK, TEXT } from './markup.ts'
import { briefReport, reportText, withText } from './report.ts'
import { FULL_REPORT, SPARSE_REPORT } from './sample-reports.ts'
import { renderTemplate, templateFault } from './template.ts'

/** The usual text as a template, as the documentation has it. */
const [, USUAL = ''] =
  /<!-- usual\.liquid -->\n```liquid\n(.*?)```/s.exec(
    readFileSync(new URL('../../../docs/reports.md', import.meta.url), 'utf8'),
  ) ?? []

const KOREAN = { ...FULL_REPORT, language: 'ko' as const }

test.for([
  ['text', TEXT],
  ['Markdown', MARKDOWN],
  ["Slack's", SLACK],
  ['HTML', HTML],
] as const)('the usual text can be written as a template: %s', ([, markup]) => {
  for (const report of [FULL_REPORT, SPARSE_REPORT, KOREAN])
    expect(renderTemplate(USUAL, report, markup)).toBe(reportText(report, markup))
  expect(templateFault(USUAL)).toBeNull()
})

test('figures and phrases are those of the usual text, in the language of the report', () => {
  const template = `
{% for topic in topics %}
{{ topic.topic }}: {{ topic.total | posts }}, {{ topic.net | net }}, {{ topic.negative | negative }}
{% if topic.before %}
{{ topic.total | change: topic.before.posts | before }}; {{ topic.net | points: topic.before.net }}
{% endif %}
{% for term in topic.terms %}
{{ words.top }} {{ forloop.index }}. {{ term.term }} {{ term.posts | number }} ({{ term.score | score }})
{% endfor %}
{% endfor %}
{% for ranking in rankings %}
{% for item in ranking.items %}
{{ item.term }}: {{ item.share | rank: item.meanRank }}
{% endfor %}
{% endfor %}
{{ at | time }}`
  expect(templateFault(template)).toBeNull()
  expect(
    renderTemplate(template, FULL_REPORT, TEXT),
  ).toBe(`galaxy: 1,234 posts, Net sentiment +24%, negative 24%
+23% on the period before; -6 points
Top terms 1. launch 310 (+0.4)
갤럭시: 42% of the time, mean rank 2.3
Nov 27, 2026, 09:00`)
  expect(renderTemplate(template, KOREAN, TEXT)).toBe(`galaxy: 글 1,234건, 순감성 +24%, 부정 24%
직전 기간 대비 +23%; -6%p
주요 단어 1. launch 310 (+0.4)
갤럭시: 노출 42%, 평균 2.3위
2026. 11. 27. 09:00`)
  expect(renderTemplate(template, SPARSE_REPORT, TEXT)).toContain('galaxy: 3 posts, –, –\n')
})

test('text of posts and templates is escaped; results of filters are not', () => {
  const [topic] = FULL_REPORT.topics
  const report = {
    ...FULL_REPORT,
    topics: [{ ...(topic as NonNullable<typeof topic>), topic: '<!channel> \uE000*all*\uE001' }],
  }
  const template = `5 < 6 *{{ topics[0].topic }}* {{ topics[0].topic | bold }}
{% capture held %}{{ "a&b" | bold }} & c{% endcapture %}
{{ held }} {{ "https://example.com/?a&b" | link: "here" }} {{ "<!here>" | raw }}`
  expect(renderTemplate(template, report, SLACK)).toBe(
    '5 &lt; 6 *&lt;!channel&gt; *all** *&lt;!channel&gt; *all**\n\n*a&amp;b* &amp; c <https://example.com/?a&amp;b|here> <!here>',
  )
  expect(renderTemplate('a*b\nc', report, MARKDOWN)).toBe('a\\*b\nc')
  expect(renderTemplate('a<b\nc', report, HTML)).toBe('a&lt;b<br>\nc')
})

test.for([
  ['a\n\n{{ topics[0].totl }}', 3, 'there is no "topics[0].totl"'],
  ['{{ titel }}', 1, 'there is no "titel"'],
  ['a\n{{ title | shout }}', 2, 'there is no filter "shout"'],
  ['a\n{% for topic in topics %}\n{{ topic.topic }}', 2, 'tag {% for topic in topics %} not closed'],
  ['{{ title', 1, 'output "{{ title" not closed'],
  ['\n\n{{ title | percent }}', 3, 'expected a number, got "Mood report: daily"'],
  [
    '{% for topic in topics %}\n{{ topic.links[0].url }}\n{% endfor %}',
    2,
    '"topic.links[0]" is not in every report: put it between {% if topic.links[0] %} and {% endif %}',
  ],
  ['{% render "/etc/passwd" %}', 1, 'a template reads no other file'],
  ['{% include "../secret" %}', 1, 'a template reads no other file'],
  ['{{ title.constructor }}', 1, 'there is no "title.constructor"'],
  ['\n{% for i in (1..100000000) %}a{% endfor %}', 2, 'memory alloc limit exceeded'],
  ['{% if false %}a{% endif %}', 1, 'it writes nothing'],
  ['a'.repeat(20_001), 1, 'it has 20001 characters, and may have 20000'],
] as const)('a fault is found with its line: %#', ([template, line, message]) => {
  expect(templateFault(template)).toMatchObject({ line, message })
})

test('the error of a misspelt name lists the existing names', () => {
  expect(templateFault('{{ topics[0].totl }}')?.unknown).toMatchObject({
    name: 'totl',
    known: expect.arrayContaining(['total', 'topics', 'title', 'meanRank']),
  })
  expect(templateFault('{{ title | percnt }}')?.unknown?.known).toContain('percent')
})

test('a template is the text of the event, and the brief text where there is little room', () => {
  const template =
    '{{ title }}\n\n{% for topic in topics %}\n{{ topic.topic | bold }} {{ words.top }}\n{% endfor %}\nlast'
  const report = withText({ ...FULL_REPORT, template })
  expect(report).toMatchObject({
    title: 'Mood report: daily',
    text: 'Mood report: daily\n\ngalaxy Top terms\nlast',
    markdown: 'Mood report: daily\n\n**galaxy** Top terms\nlast',
  })
  expect(briefReport(report, 200)).toBe('Mood report: daily\ngalaxy Top terms\nlast')
  expect(briefReport(report, 36)).toBe('Mood report: daily\n… 2 more')
  expect(briefReport({ ...report, template: '가'.repeat(300) }, 200)).toBe(`${'가'.repeat(199)}…`)
})
