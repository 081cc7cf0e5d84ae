import { ageOn } from '../../domain/dates.ts'
import type { HouseholdFacts, PersonFacts } from '../../domain/household.ts'
import { foldName } from '../../domain/person-name.ts'

/** The hundred surnames of six people in seven: 公安部户政管理研究中心, 二〇二〇年全国姓名报告. */
const COMMON_SURNAMES = new Set(
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖' +
    '石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常',
)

/** What errors are told by (lessons 12): whom a mistake in matching or in a rule may hit more often than others. */
export const SUBGROUPS = {
  name: ['common', 'rare', 'dot-or-latin'],
  age: ['under-18', '18-59', '60-79', '80-up', 'unknown'],
  area: ['urban', 'rural', 'other'],
} as const
export type SubgroupKind = keyof typeof SUBGROUPS

/**
 * The subgroups of a person on a date, as "kind:group". A rare surname is one that is not among the hundred most common;
 * "dot-or-latin" is a name with a dot between its parts or in other letters than Han.
 */
export function subgroupsOf(
  {
    name,
    person,
    household,
  }: { readonly name: string; readonly person: PersonFacts; readonly household: HouseholdFacts },
  asOf: string,
): string[] {
  return [`name:${nameGroup(name)}`, `age:${ageGroup(person.birthDate, asOf)}`, `area:${areaOf(household.scheme)}`]
}

function nameGroup(name: string): (typeof SUBGROUPS)['name'][number] {
  if (!/^\p{Script=Han}+$/u.test(name.normalize('NFKC').replace(/\s/gu, ''))) return 'dot-or-latin'
  const [first = ''] = foldName(name)
  return COMMON_SURNAMES.has(first) ? 'common' : 'rare'
}

function ageGroup(birthDate: string | null, asOf: string): (typeof SUBGROUPS)['age'][number] {
  if (birthDate === null) return 'unknown'
  const age = ageOn(birthDate, asOf)
  if (age < 18) return 'under-18'
  if (age < 60) return '18-59'
  return age < 80 ? '60-79' : '80-up'
}

function areaOf(scheme: HouseholdFacts['scheme']): (typeof SUBGROUPS)['area'][number] {
  if (scheme === 'urban-dibao') return 'urban'
  return scheme === 'rural-dibao' ? 'rural' : 'other'
}
