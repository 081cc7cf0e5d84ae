import type { CaseStateName } from '../domain/case/words.ts'
import type { Overview } from '../services/show-overview.ts'

export type Language = 'zh' | 'en'

const TEXTS = {
  zh: {
    title: '核对 Hedui',
    lead: '预警是需要说明的不一致，不是结论；任何处理须由具名人员决定。',
    other: '<a href="/?lang=en" lang="en" hreflang="en">English</a>',
    lastRun: '最近一次批量核对',
    none: '还没有核对过。',
    summary: (asOf: string) => `截至 ${asOf}`,
    households: '家庭',
    warned: '有预警',
    unverifiable: '无法核实',
    clear: '无预警',
    leads: '线索（待人工确认）',
    warnings: '各项预警',
    rule: '规则',
    count: '数量',
    cases: '个案',
    noCases: '还没有个案。批量核对之后：<code>npm run -s hedui -- packet draft RUN --actor NAME</code>',
    casesLead: '告知书须经工作人员逐项确认后才发出；救助待遇在作出决定之前不变。',
    caseStates: {
      drafted: '待确认',
      confirmed: '已确认、待送达',
      served: '已送达、等候答复',
      undeliverable: '未能送达',
      rebutted: '已答复、待研判',
      unanswered: '期满未答复',
      paused: '暂停计时',
      decided: '已决定',
      closed: '已办结',
      dismissed: '不予发出',
      lapsed: '超过办理时限、终止',
    },
    caseState: '状态',
    escalated: '已提级督办',
    overdue: (count: string) => `其中 ${count} 件已过应办日期。`,
    sources: '数据来源',
    source: '来源',
    asOf: '数据日期',
    rows: '行数',
    quarantined: '隔离',
    state: '状态',
    missing: '尚未提供',
    published: '已发布',
    held: '暂扣、等待人工放行的数据',
    next: '下一步',
    steps: [
      ['npm run -s hedui -- households import FILE', '导入家庭名册'],
      ['npm run -s hedui -- ingest SOURCE FILE --as-of DATE', '接收部门数据'],
      ['npm run -s hedui -- check --all --as-of DATE --out results.ndjson', '批量核对'],
      ['npm run -s hedui -- case list', '个案清单'],
    ],
    api: '接口：<code>POST /v1/checks</code> 核对一户申请，<code>GET /v1/cases</code> 列出个案；说明见 <a href="/openapi.json">/openapi.json</a>，服务状态见 <a href="/health">/health</a>。',
  },
  en: {
    title: 'Hedui 核对',
    lead: 'A warning is an inconsistency to be explained, never a finding; every decision is a named person’s.',
    other: '<a href="/?lang=zh" lang="zh" hreflang="zh">中文</a>',
    lastRun: 'Last run',
    none: 'Nothing has been checked yet.',
    summary: (asOf: string) => `as of ${asOf}`,
    households: 'households',
    warned: 'warned',
    unverifiable: 'unverifiable',
    clear: 'clear',
    leads: 'leads, for a person to settle',
    warnings: 'Warnings by rule',
    rule: 'Rule',
    count: 'Count',
    cases: 'Cases',
    noCases: 'No case yet. After a run: <code>npm run -s hedui -- packet draft RUN --actor NAME</code>',
    casesLead:
      'A notice goes out after a person has confirmed each warning; the benefit stays as it is until a person decides.',
    caseStates: {
      drafted: 'drafted, to be confirmed',
      confirmed: 'confirmed, to be served',
      served: 'served, to be answered',
      undeliverable: 'could not be delivered',
      rebutted: 'answered, to be assessed',
      unanswered: 'not answered in time',
      paused: 'paused',
      decided: 'decided',
      closed: 'closed',
      dismissed: 'dismissed, nothing sent',
      lapsed: 'lapsed: the agency’s own time was over',
    },
    caseState: 'State',
    escalated: 'Escalated',
    overdue: (count: string) => `${count} of them had to be acted on before today.`,
    sources: 'Sources',
    source: 'Source',
    asOf: 'As of',
    rows: 'Rows',
    quarantined: 'Quarantined',
    state: 'State',
    missing: 'not delivered',
    published: 'published',
    held: 'Deliveries held for a person to release',
    next: 'Where to go next',
    steps: [
      ['npm run -s hedui -- households import FILE', 'take a households file'],
      ['npm run -s hedui -- ingest SOURCE FILE --as-of DATE', 'take a department’s file'],
      ['npm run -s hedui -- check --all --as-of DATE --out results.ndjson', 'check them all'],
      ['npm run -s hedui -- case list', 'list the cases'],
    ],
    api: 'API: <code>POST /v1/checks</code> checks one application, <code>GET /v1/cases</code> lists cases; described at <a href="/openapi.json">/openapi.json</a>, state at <a href="/health">/health</a>.',
  },
} as const

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!)
const number = (value: number) => value.toLocaleString('en-US')

const STYLE = `
  :root { color-scheme: light dark; --line: #8884; --accent: #0b6b5d; }
  @media (prefers-color-scheme: dark) { :root { --accent: #5fd0bd; } }
  body { font: 16px/1.6 system-ui, "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; max-width: 56rem; margin: 0 auto; padding: 1.5rem; }
  header { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; border-bottom: 3px solid var(--accent); }
  h1 { margin: 0; font-size: 1.6rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
  a { color: var(--accent); }
  dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 0; }
  dl div { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem .75rem; }
  dt { font-size: .85rem; opacity: .8; } dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
  .wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
  td:nth-child(2) { white-space: nowrap; }
  td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; } code { font-size: .92em; overflow-wrap: anywhere; }
`

/** The front page: no script, no image, nothing from elsewhere. */
export function homePage(
  overview: Overview,
  titles: ReadonlyMap<string, Readonly<Record<Language, string>>>,
  language: Language,
): string {
  const t = TEXTS[language]
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${t.title}</title><style>${STYLE}</style></head>
<body>
<header><h1>${t.title}</h1><nav>${t.other}</nav></header>
<main>
<p>${t.lead}</p>
${lastRun(overview, titles, language)}
${cases(overview, language)}
${sources(overview, language)}
<h2>${t.next}</h2>
<ul>${t.steps.map(([command, what]) => `<li>${what}: <code>${command}</code></li>`).join('')}</ul>
<p>${t.api}</p>
</main>
</body></html>
`
}

function lastRun(
  { lastRun: run }: Overview,
  titles: ReadonlyMap<string, Readonly<Record<Language, string>>>,
  language: Language,
): string {
  const t = TEXTS[language]
  if (!run) return `<h2>${t.lastRun}</h2><p>${t.none}</p>`
  const figures = [
    [t.households, run.households],
    [t.warned, run.warned],
    [t.unverifiable, run.unverifiable],
    [t.clear, run.clear],
    [t.leads, run.leads],
  ] as const
  const rows = Object.entries(run.warningsByRule).map(
    ([rule, count]) =>
      `<tr><td>${escapeHtml(titles.get(rule)?.[language] ?? rule)}</td><td><code>${escapeHtml(rule)}</code></td><td class="n">${number(count)}</td></tr>`,
  )
  return `<h2>${t.lastRun} · ${t.summary(escapeHtml(run.asOf))}</h2>
<dl>${figures.map(([name, count]) => `<div><dt>${name}</dt><dd>${number(count)}</dd></div>`).join('')}</dl>
<h2>${t.warnings}</h2>
<div class="wide"><table><thead><tr><th colspan="2">${t.rule}</th><th class="n">${t.count}</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}

function cases({ cases: { byState, overdue } }: Overview, language: Language): string {
  const t = TEXTS[language]
  if (byState.length === 0) return `<h2>${t.cases}</h2><p>${t.noCases}</p>`
  const name = (state: CaseStateName) => `<td>${t.caseStates[state]}</td><td><code>${state}</code></td>`
  const rows = byState.map(
    ({ state, count, escalated }) =>
      `<tr>${name(state)}<td class="n">${number(count)}</td><td class="n">${escalated > 0 ? number(escalated) : ''}</td></tr>`,
  )
  return `<h2>${t.cases}</h2>
<p>${t.casesLead}${overdue > 0 ? ` ${t.overdue(number(overdue))}` : ''}</p>
<div class="wide"><table><thead><tr><th colspan="2">${t.caseState}</th><th class="n">${t.count}</th><th class="n">${t.escalated}</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}

function sources({ sources: all, held }: Overview, language: Language): string {
  const t = TEXTS[language]
  const rows = all.map(({ id, delivery, ...title }) => {
    const name = `<td>${escapeHtml(title[language])} <code>${escapeHtml(id)}</code></td>`
    if (!delivery?.counts) return `<tr>${name}<td colspan="4">${t.missing}</td></tr>`
    const { asOf, counts } = delivery
    return `<tr>${name}<td>${escapeHtml(asOf)}</td><td class="n">${number(counts.rows)}</td><td class="n">${number(counts.quarantined)}</td><td>${t.published}</td></tr>`
  })
  const waiting = held.map(
    ({ id, source, asOf, heldBecause }) =>
      `<li>${escapeHtml(source)} ${escapeHtml(asOf)} (${escapeHtml(heldBecause.join(', '))}): <code>hedui deliveries release ${escapeHtml(id)} --actor NAME</code></li>`,
  )
  return `<h2>${t.sources}</h2>
<div class="wide"><table><thead><tr><th>${t.source}</th><th>${t.asOf}</th><th class="n">${t.rows}</th><th class="n">${t.quarantined}</th><th>${t.state}</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>
${waiting.length > 0 ? `<h2>${t.held}</h2><ul>${waiting.join('')}</ul>` : ''}`
}
