import type { Random } from './prng.ts'

/** Surnames with their share of ten thousand people, after the 2020 report on names of the Ministry of Public Security. */
const SURNAMES: readonly (readonly [string, number])[] = (
  '王715 李711 张678 刘517 陈471 杨309 黄226 赵220 吴206 周202 徐146 孙144 马129 朱126 胡120 郭117 何111 林110 ' +
  '罗101 高100 郑93 梁84 谢75 宋73 唐71 许66 邓61 韩61 冯60 曹58 彭57 曾56 肖55 田52 董51 潘49 袁48 蔡47 蒋47 ' +
  '余46 于45 杜44 叶43 程42 魏42 苏41 吕40 丁39 任38 卢38 姚37 沈36 钟36 姜35 崔34 谭34 陆33 汪33 范33 石30 廖30 ' +
  '贾29 夏28 韦28 付27 方27 白26 邹26 孟26 熊25 秦25 邱24 江24 尹23 薛23 阎22 段22 雷21 侯21 龙20 史20 陶19 黎19 ' +
  '贺18 顾17 毛17 郝16 龚16 邵15 万15 钱14 严13 覃13 武12 戴12 莫11 孔10 汤10 常8 温7 康7 牛6 文6 欧阳4 上官1 司徒1'
)
  .split(' ')
  .map((entry) => [entry.replace(/\d+/, ''), Number(/\d+/.exec(entry)![0])] as const)

const OLDER_MEN =
  '建国 建军 国强 志强 永贵 广义 长生 卫国 援朝 学军 铁柱 德福 振华 玉林 文华 明辉 国栋 景云 立强 福生 金山 勇 军 平 刚 强 毅'
const OLDER_WOMEN =
  '秀英 桂英 玉兰 桂芳 素英 秀珍 凤仙 玉梅 爱华 莲英 金凤 银花 友琴 春燕 丽华 红霞 国华 淑贞 兰 玲 琴 萍 艳 丽 红'
const YOUNGER_MEN =
  '伟 杰 浩 涛 鹏 亮 磊 宇轩 子豪 俊杰 志远 梓豪 家豪 文博 博文 晓峰 海涛 云龙 润泽 思远 锦程 家乐 雨泽 文杰 一鸣 喆'
const YOUNGER_WOMEN =
  '静 娜 敏 婷 倩 雪 蕾 瑶 雨婷 欣怡 梦洁 可馨 嘉怡 佳慧 语嫣 雨欣 文静 亚男 莉娜 晓丽 艳丽 静茹 颖慧 思雨 诗涵 玲玲'
const GIVEN = { m: [OLDER_MEN, YOUNGER_MEN], f: [OLDER_WOMEN, YOUNGER_WOMEN] } as const
const GIVEN_NAMES = {
  m: GIVEN.m.map((names) => names.split(' ')),
  f: GIVEN.f.map((names) => names.split(' ')),
}

/** Characters that GBK lacks or fonts lack; the last four are outside the BMP. */
const RARE = ['䶮', '㛃', '㼆', '龘', '堃', '𬭎', '𫖯', '𪻐', '𤧛']

const UYGUR_MEN =
  '艾力 买买提 艾尼瓦尔 吐尔逊 阿迪力 亚森 司马义 木合塔尔 哈力克 帕尔哈提 肉孜 玉素甫 卡德尔 伊力哈木 斯迪克 依明 凯撒尔'.split(
    ' ',
  )
const UYGUR_WOMEN =
  '古丽娜尔 茹克亚 阿依古丽 迪丽拜尔 古丽仙 麦尔哈巴 米日班 早热木 哈丽旦 阿孜古丽 阿米娜 热依汗'.split(' ')
const LATIN_GIVEN = ['Anna', 'Maria', 'Ivan', 'Thi Lan', 'Sergei', 'Van Minh', 'Elena', 'Kim']
const LATIN_SURNAMES = ['Nguyen', 'Ivanova', 'Tran', 'Kuznetsov', 'Souksavanh', 'Min-Tun']

export type Sex = 'm' | 'f'
/** The kind of name that runs in a family. */
export type NameStyle = 'han' | 'uygur' | 'latin'

export interface PersonName {
  /** As the register writes it. */
  readonly full: string
  readonly style: NameStyle
  /** What children take over: the surname, or a Uygur father's name. */
  readonly handedDown: string
}

/** Han for nearly all; Uygur about 3 %, Latin about 0.4 %. */
export function inventStyle(random: Random): NameStyle {
  return random.weighted([
    ['han', 966],
    ['uygur', 30],
    ['latin', 4],
  ])
}

/** An invented name; `parent` hands down its part, `birthYear` chooses the fashion. */
export function inventName(
  random: Random,
  style: NameStyle,
  sex: Sex,
  birthYear: number,
  parent?: PersonName,
): PersonName {
  const inherited = parent?.style === style ? parent.handedDown : undefined
  if (style === 'uygur') {
    const own = random.pick(sex === 'm' ? UYGUR_MEN : UYGUR_WOMEN)
    const parts = [own, inherited ?? random.pick(UYGUR_MEN)]
    if (random.chance(0.05)) parts.push(random.pick(UYGUR_MEN))
    return { full: parts.join('·'), style, handedDown: sex === 'm' ? own : parts[1]! }
  }
  if (style === 'latin') {
    const surname = inherited ?? random.pick(LATIN_SURNAMES)
    return { full: `${surname} ${random.pick(LATIN_GIVEN)}`, style, handedDown: surname }
  }
  const surname = inherited ?? random.weighted(SURNAMES)
  const fashion = birthYear < 1978 ? 0 : 1
  const given = random.chance(0.01) ? random.pick(RARE) : random.pick(GIVEN_NAMES[sex][fashion]!)
  return { full: surname + given, style, handedDown: surname }
}
