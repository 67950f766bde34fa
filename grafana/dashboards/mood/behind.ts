import { line, type Section } from '../shared/layout.ts'
import { logs } from '../shared/logs.ts'

/** What the output `loki` has as labels, of the choices above the dashboard. */
const CHOSEN_POSTS = '{service_name="mood-exporter", topic=~"$topic", source=~"$source"}'

/** Score and sentiment before the text; behind it the link, where the text is not the link itself, and the id. */
const LINE =
  '{{if .score}}{{.score}} {{end}}{{.sentiment}}: {{__line__}}{{if .url}}{{if ne .url __line__}} {{.url}}{{end}}{{end}}{{if .id}} (id {{.id}}){{end}}'

const posts = () =>
  logs({
    title: 'Posts behind this',
    description:
      'A sample of the posts on the chosen topics, from the chosen sources, within the time range; the 200 latest. Drag across a spike in a graph above to see the posts of it. Score, link and id are in the details of a post too, with the scorer that gave the score.',
    width: 24,
    empty: 'No posts in this time range: this needs the output `loki` with `posts`, and keeps a day of them',
    query: `${CHOSEN_POSTS} | line_format \`${LINE}\``,
  })

/** What people wrote. It is closed at first: a stack without Loki shows no error, and texts are not on a screen unasked. */
export const behind = (): Section => ({
  title: 'Posts behind this',
  isClosed: true,
  lines: [line(14, posts())],
})
