import { resolve } from 'node:path'
import { groupFingerprint, readFingerprint } from '../domain/key-fingerprint.ts'
import type { Language } from '../domain/trace-page.ts'
import { HeduiError } from '../errors.ts'
import { describeFault, type PacketVerdict, verifyPacketFile } from '../services/verify-packet-file.ts'
import { type Command, JSON_OPTION, textOf } from './command.ts'
import { languageOf } from './language.ts'

export const verify: Command = {
  name: 'verify',
  usage: 'verify FILE [--key FINGERPRINT] [--lang zh|en] [--json]',
  summary:
    'say whether a sealed packet (zip) is as it was sealed, by whose key, and whether it gives its own results; without --key any key will do: compare the fingerprint; needs no database',
  options: { key: { type: 'string' }, lang: { type: 'string' }, ...JSON_OPTION },
  positionals: ['FILE'],
  run: async (input) => {
    const { config, terminal, values, positionals } = input
    const language = languageOf(input, verify)
    const trusted = trustedOf(textOf(input, 'key'))
    const verdict = await verifyPacketFile(config, { file: resolve(config.callerFolder, positionals[0]!), trusted })
    if (values.json) await terminal.print(JSON.stringify(summarize(verdict)))
    else for (const line of describe(verdict, language)) await terminal.print(line)
    return verdict.ok && verdict.replay?.same ? 0 : 1
  },
}

function trustedOf(typed: string | undefined): string | undefined {
  if (typed === undefined) return undefined
  const fingerprint = readFingerprint(typed)
  if (fingerprint) return fingerprint
  throw new HeduiError(
    'INPUT_USAGE',
    `--key must be a fingerprint: 64 hexadecimal digits, as "hedui keys public" prints them\nusage: hedui ${verify.usage}`,
  )
}

/** Without the packet itself, which is in the file. */
function summarize({ packet, problems, ...verdict }: PacketVerdict): unknown {
  return {
    ...verdict,
    problems: problems.map((problem) => ({ ...problem, words: describeFault(problem.what) })),
    packet: packet && {
      id: packet.id,
      title: packet.title,
      caseId: packet.caseId,
      number: packet.number,
      issued: packet.issued,
      household: packet.household.id,
      check: packet.check,
      warnings: packet.warnings.map(({ id, result }) => ({ id, rule: result.rule, person: result.person })),
    },
  }
}

function describe(verdict: PacketVerdict, language: Language): string[] {
  const zh = language === 'zh'
  return [
    ...sayPacket(verdict, zh),
    ...saySeal(verdict, language),
    ...sayKey(verdict, zh),
    ...sayReplay(verdict, zh),
    ...(verdict.ok && verdict.code
      ? [
          zh
            ? `核验码  ${verdict.code}（纸质件每页所印应与此相同）`
            : `code      ${verdict.code}: every page on paper must print this`,
        ]
      : []),
  ]
}

function sayPacket({ packet, ok }: PacketVerdict, zh: boolean): string[] {
  if (!packet) return []
  const { title, issued, household, warnings } = packet
  const claimed = ok ? '' : zh ? '（文件自称）' : ' (by its own account)'
  return [
    zh
      ? `${title}${claimed} · ${issued.on} 签发 · 家庭 ${household.id} · ${warnings.length} 项预警`
      : `${title}${claimed} · issued ${issued.on} · household ${household.id} · ${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'}`,
  ]
}

function saySeal({ ok, problems }: PacketVerdict, language: Language): string[] {
  const zh = language === 'zh'
  if (ok) return [zh ? '印章    完好：自签章后没有任何改动' : 'sealed    yes: nothing was changed since it was sealed']
  const lines = problems.map(({ file, section, what }) => {
    const place = [file ?? (zh ? '压缩包' : 'the archive'), section].filter(Boolean).join(' ')
    return `  ${place}${zh ? '：' : ': '}${describeFault(what)[language]}`
  })
  return [zh ? '印章    不符：' : 'sealed    NO:', ...lines]
}

function sayKey({ key, keyIs }: PacketVerdict, zh: boolean): string[] {
  if (key === null) return []
  const whose = {
    trusted: zh ? '与所给指纹一致' : 'the one that was given',
    own: zh ? '本机构的密钥' : 'the one of this installation',
    unknown: zh
      ? '未知：请与签发单位公布的指纹核对'
      : 'not known here: compare it with the fingerprint that the office publishes',
  }[keyIs]
  return [zh ? `密钥    ${whose}` : `key       ${whose}`, `  ${groupFingerprint(key)}`]
}

function sayReplay({ replay, packet }: PacketVerdict, zh: boolean): string[] {
  if (!replay) return [zh ? '计算    未重新计算：内容与签章时不同' : 'computes  not tried: it is not what was sealed']
  const count = packet!.warnings.length
  if (replay.same)
    return [
      zh
        ? `计算    一致：仅凭其自身内容重新计算，${count} 项结果及各步骤相同`
        : `computes  yes: from its own contents alone, ${count === 1 ? 'its result' : `all ${count} results`} and every step of the sums`,
    ]
  return [zh ? '计算    不一致：' : 'computes  NO:', ...replay.differences.map((each) => `  ${each}`)]
}
