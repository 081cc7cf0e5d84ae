/**
 * Words that accuse. A warning is an inconsistency and no finding (lessons 1), so that none of them stands in anything that
 * comes before a person's decision: words of states, messages, schemas, pages, rules, packets, and what an officer writes
 * into them.
 */
const CHINESE = [
  '欺诈',
  '诈骗',
  '骗保',
  '骗取',
  '骗领',
  '冒领',
  '虚报',
  '瞒报',
  '隐瞒',
  '谎报',
  '造假',
  '作弊',
  '违规',
  '违法',
  '违纪',
  '犯罪',
  '嫌疑',
  '涉嫌',
  '可疑',
  '处罚',
  '惩罚',
  '罚款',
  '追缴',
  '追究责任',
  '不诚信',
  '失信',
]

const ENGLISH = [
  'fraud',
  'cheat',
  'swindl',
  'scam',
  'suspect',
  'suspicio',
  'violat',
  'offend',
  'offens',
  'offenc',
  'culprit',
  'guilt',
  'crimin',
  'dishonest',
  'punish',
  'penalt',
  'perpetrat',
]

/** Names of laws say what the law is called, and accuse nobody. */
const LAWS = /治安管理处罚法|行政处罚法/g

const PATTERN = new RegExp(`${CHINESE.join('|')}|\\b(?:${ENGLISH.join('|')})\\w*`, 'gi')

/** The accusing words of a text, each once, in the order in which they come; none in most texts. */
export function findAccusingWords(text: string): string[] {
  return [...new Set(text.replace(LAWS, '').match(PATTERN) ?? [])]
}
