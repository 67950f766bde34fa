import { FONTS } from './chart.ts'
import { THEME } from './colours.ts'

/** The style of the page: Grafana's dark theme, as far as it affects how a dashboard reads. */
export const STYLE = `
* { box-sizing: border-box; }
body { margin: 0; padding: 12px 16px 24px; background: ${THEME.page}; color: ${THEME.text}; font: 13px ${FONTS}; }
.notice { padding: 5px 10px; border: 1px dashed ${THEME.faint}; border-radius: 2px; color: ${THEME.faint}; font-size: 12px; }
header { display: flex; align-items: baseline; gap: 16px; margin: 10px 0; }
h1 { margin: 0; font-size: 18px; font-weight: 500; }
header .times { margin-left: auto; color: ${THEME.faint}; }
.variables { display: flex; flex-wrap: wrap; gap: 8px; margin-bottom: 12px; }
.variable { border: 1px solid ${THEME.border}; border-radius: 2px; display: flex; }
.variable b { padding: 3px 8px; background: ${THEME.panel}; font-weight: 500; font-size: 12px; }
.variable span { padding: 3px 8px; background: #0b0c0e; font-size: 12px; }
.variable.link { padding: 3px 8px; font-size: 12px; color: #6e9fff; border-color: transparent; margin-left: auto; }
.variable.link + .link { margin-left: 0; }
.grid { position: relative; }
.panel { position: absolute; background: ${THEME.panel}; border: 1px solid ${THEME.border}; border-radius: 2px; overflow: hidden; }
.panel h2 { display: flex; gap: 6px; margin: 0; padding: 0 8px; height: 30px; line-height: 30px; font-size: 13px; font-weight: 500;
  white-space: nowrap; }
.panel h2 span:first-child { overflow: hidden; text-overflow: ellipsis; }
.panel .about { color: ${THEME.faint}; cursor: help; font-weight: 400; }
.panel .content { position: absolute; inset: 30px 8px 8px; overflow: hidden; }
.row { position: absolute; display: flex; align-items: center; gap: 8px; font-size: 15px; font-weight: 500; }
.row span { color: ${THEME.faint}; }
.message { height: 100%; display: flex; align-items: center; justify-content: center; text-align: center; color: ${THEME.faint}; padding: 0 8px; }
.failure { color: #ff7383; }
.tiles { display: flex; gap: 4px; height: 100%; }
.tile { flex: 1; min-width: 0; border-radius: 3px; display: flex; flex-direction: column; align-items: center; justify-content: center;
  font-weight: 500; line-height: 1.2; text-align: center; }
.tile .name { font-size: 13px; max-width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tile .suffix { font-size: 0.6em; white-space: pre; }
.bars { display: flex; flex-direction: column; justify-content: center; height: 100%; }
.bar { display: flex; align-items: center; gap: 6px; white-space: nowrap; }
.bar .name { text-align: right; overflow: hidden; text-overflow: ellipsis; flex: none; }
.bar .length { height: 100%; border-radius: 1px; flex: none; }
.content svg { display: block; }
.legend { overflow: auto; scrollbar-width: none; font-size: 12px; line-height: 22px; }
.legend .entry { margin-right: 14px; display: inline-block; white-space: nowrap; }
.legend table { width: 100%; border-collapse: collapse; }
.legend td, .legend th { padding: 0; border-bottom: 1px solid ${THEME.grid}; font-weight: 400; text-align: left; line-height: 21px;
  white-space: nowrap; }
.legend th { color: #6e9fff; }
.cells { width: 100%; border-collapse: collapse; font-size: 14px; }
.cells td, .cells th { padding: 6px 8px; border-bottom: 1px solid ${THEME.grid}; font-weight: 400; text-align: right; }
.cells th { color: #6e9fff; }
.cells td:first-child, .cells th:first-child { text-align: left; }
.legend .number { text-align: right; padding-left: 12px; }
.dash { display: inline-block; width: 14px; height: 4px; border-radius: 2px; margin-right: 6px; vertical-align: middle; }
.scale { display: flex; align-items: center; gap: 6px; height: 28px; padding: 0 8px; font-size: 11px; color: ${THEME.faint}; }
.scale div { width: 180px; height: 10px; }
`
