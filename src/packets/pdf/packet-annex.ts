import type { Content } from 'pdfmake/interfaces.js'
import type { Packet, PacketPerson, PacketSource } from '../packet.ts'
import { heading, numbered, pairs, paragraph, smallHeading, table } from './lay-out.ts'
import { packetWarning } from './packet-warning.ts'
import { groupCode, say, sayInstant } from './say.ts'

/** The annexes: each warning with its evidence; people and sources; the law; how to verify. */
export function packetAnnexes(packet: Packet, code: string): Content[] {
  return [
    { text: '附件一　各项预警的证据', bold: true, fontSize: 14, alignment: 'center', pageBreak: 'before' },
    paragraph('人员以编号表示，姓名和证件号码见附件二。预警只表示数据之间不一致、须由家庭说明，不是结论。', {
      fontSize: 9,
      margin: [0, 6, 0, 4],
    }),
    ...packet.warnings.flatMap((warning, i) => packetWarning(warning, packet, i + 1)),
    heading('附件二　核对的人员、授权和数据'),
    ...people(packet),
    ...sources(packet),
    heading('附件三　法律条文'),
    ...packet.legal.map(({ authority, text }) => paragraph(`${authority}　${text}`, { fontSize: 9 })),
    heading('附件四　怎样核验本文书'),
    ...verification(packet, code),
  ]
}

function people(packet: Packet): Content[] {
  const rows = packet.people.map(({ id, name, role, relation, idNumber, protected: why }) => [
    id,
    name,
    say('role', role),
    say('relation', relation),
    idNumber ?? '无',
    why.map((each) => say('protection', each)).join('、') || '—',
  ])
  return [
    smallHeading('人员'),
    table(['编号', '姓名', '身份', '与申请人关系', '证件号码（已遮盖）', '特别保护'], rows),
    smallHeading('授权'),
    table(
      ['编号', '签署日期', '有效期至', '授权查询的数据'],
      packet.people.map((person) => [person.id, ...authorizationOf(person, packet)]),
    ),
  ]
}

function authorizationOf({ authorization }: PacketPerson, packet: Packet): string[] {
  if (!authorization) return ['没有授权，未查询', '—', '—']
  // Of sources that the packet does not rest on it has no name that a reader would know.
  const titles = packet.sources
    .filter(({ source }) => authorization.sources.includes(source))
    .map(({ title }) => title.zh)
  const more = authorization.sources.length - titles.length
  const others = more > 0 ? [`与本告知书无关的其他${more}项`] : []
  const { signedOn, endsOn } = authorization
  return [signedOn, endsOn ?? '未定期限', [...titles, ...others].join('、')]
}

function sources(packet: Packet): Content[] {
  return [
    smallHeading('数据来源'),
    table(
      ['来源', '提供单位', '核验', '状态', '数据日期'],
      packet.sources.map(({ title, owner, trust, state, asOf }) => [
        title.zh,
        owner,
        say('trust', trust),
        say('sourceState', state),
        asOf ?? '—',
      ]),
    ),
    ...files(packet.sources),
  ]
}

/** Of the delivered files the whole sha256, by which a file can be told to be the one. */
function files(all: readonly PacketSource[]): Content[] {
  const rows = all.flatMap(({ title, deliveries }) =>
    deliveries.map(({ asOf, fileName, sha256, rows: count, publishedAt }) => [
      title.zh,
      fileName,
      asOf,
      count === null ? '—' : String(count),
      publishedAt === null ? '—' : sayInstant(publishedAt),
      sha256,
    ]),
  )
  if (rows.length === 0) return []
  const head = ['来源', '文件', '数据日期', '行数', '入库时间', '文件摘要（SHA-256）']
  return [smallHeading('提供的文件'), table(head, rows, { right: [3], size: 8 })]
}

function verification({ id, caseId, number, check, chain, issued }: Packet, code: string): Content[] {
  return [
    paragraph(
      '随本文书提供的压缩包含有本文书（packet.pdf）、全部数据（packet.json）、清单（manifest.json）和数字签名。',
      {
        fontSize: 9,
      },
    ),
    ...numbered(
      [
        '用核对系统核验：hedui verify packet.zip。不需要联网，也不需要数据库；有任何改动，都会指出是哪个文件、哪一部分。',
        '不用核对系统也能核验：计算各文件的 SHA-256 摘要，与 manifest.json 中的对照；用其中的公钥核验签名；公钥的指纹应与办理机关公布的一致。',
        '核对计算：packet.json 含有所用的规则、参数和记录，任何人都可以据此重新算出每一项预警。',
      ],
      9,
    ),
    pairs([
      ['核验码', groupCode(code)],
      ['文书编号', id],
      ['案件编号', `${caseId}（第${number}份告知书）`],
      ['核对批次', check.run],
      ['规则集版本', check.ruleSet],
      ['签发时间', `${sayInstant(issued.at)}（北京时间）`],
      ['案件记录', `第${chain.number}条，摘要 ${chain.hash}`],
    ]),
  ]
}
