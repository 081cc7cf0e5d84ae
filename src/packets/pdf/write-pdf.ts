import type { Content, TDocumentDefinitions, TFontDictionary } from 'pdfmake/interfaces.js'
import type { PacketFonts } from './fonts.ts'
import { joinHeadings } from './join-headings.ts'
import { heading, paragraph } from './lay-out.ts'
import { PAPER } from './paper.ts'
import { trimEnds } from './trim-ends.ts'
import { createTypesetter, fallbackName, MAIN_FONT, sayCodePoint, type Typesetter } from './typesetter.ts'

export interface Paper {
  /** The document's title in its properties. */
  readonly title: string
  /** On top of every page, left and right. */
  readonly header: readonly [string, string]
  /** At the foot of every page, before "第 1 页 / 共 9 页". */
  readonly footer: string
  /** ISO 8601; the only date in the file, so that the same paper gives the same bytes. */
  readonly at: string
  readonly content: readonly Content[]
  /** Whether a data file that has every character goes along. */
  readonly withData?: boolean
  /** Sheets to be filled by hand, after all else. */
  readonly forms?: readonly Content[]
}

interface Maker {
  readonly pdfmake: typeof import('pdfmake')
  /** The name of a font in the file system that pdfmake keeps in memory. */
  nameOf(font: Buffer): string
}

let maker: Promise<Maker> | undefined

/** pdfmake, which takes a quarter of a second to load, and only what writes papers needs. */
async function loadMaker(): Promise<Maker> {
  const { default: pdfmake } = (await import('pdfmake')) as unknown as {
    default: Maker['pdfmake'] & { virtualfs: Files }
  }
  // Papers hold no link to a file or an address: everything comes in memory.
  pdfmake.setLocalAccessPolicy(() => false)
  pdfmake.setUrlAccessPolicy(() => false)
  const names = new Map<Buffer, string>()
  return {
    pdfmake,
    nameOf(font) {
      let name = names.get(font)
      if (!name) {
        name = `font-${names.size + 1}.ttf`
        names.set(font, name)
        pdfmake.virtualfs.writeFileSync(name, font)
      }
      return name
    },
  }
}

/** What pdfmake's types leave out. */
interface Files {
  writeFileSync(name: string, bytes: Buffer): void
}

/** A PDF of A4 pages. The same paper in the same fonts gives the same bytes. */
export async function writePdf(paper: Paper, fonts: PacketFonts): Promise<Buffer> {
  const typesetter = createTypesetter(fonts)
  const set = (content: Content) => setContent(content, typesetter)
  const content = joinHeadings(paper.content).map(set)
  const forms = (paper.forms ?? []).map(set)
  const whole = trimEnds([...content, ...missingNote(typesetter, paper), ...forms])
  const definition: TDocumentDefinitions = {
    pageSize: 'A4',
    pageMargins: PAPER.margins,
    language: 'zh-CN',
    displayTitle: true,
    version: '1.7',
    info: {
      title: paper.title,
      creator: 'hedui',
      producer: 'hedui',
      creationDate: new Date(paper.at),
    },
    defaultStyle: { font: MAIN_FONT, fontSize: 10.5, lineHeight: 1.05 },
    header: () => set(headerOf(paper)),
    footer: (page, pages) => set(footerOf(paper, page, pages)),
    content: whole,
  }
  maker ??= loadMaker()
  const { pdfmake, nameOf } = await maker
  // One after the other without a pause between: the fonts are pdfmake's own, and a paper takes them as it begins.
  pdfmake.setFonts(fontsOf(fonts, nameOf))
  return pdfmake.createPdf(definition).getBuffer()
}

function fontsOf({ regular, bold, fallbacks = [] }: PacketFonts, nameOf: Maker['nameOf']): TFontDictionary {
  const others = fallbacks.map((font, i) => [fallbackName(i), { normal: nameOf(font), bold: nameOf(font) }] as const)
  return { [MAIN_FONT]: { normal: nameOf(regular), bold: nameOf(bold) }, ...Object.fromEntries(others) }
}

const headerOf = ({ header: [left, right] }: Paper): Content => ({
  margin: [PAPER.margins[0], 30, PAPER.margins[2], 0],
  fontSize: 8,
  color: '#444444',
  columns: [
    { width: PAPER.width / 2, text: left },
    { width: PAPER.width / 2, text: right, alignment: 'right' },
  ],
})

const footerOf = ({ footer }: Paper, page: number, pages: number): Content => ({
  margin: [PAPER.margins[0], 16, PAPER.margins[2], 0],
  fontSize: 8,
  color: '#444444',
  columns: [
    { width: PAPER.width - 90, text: footer },
    { width: 90, text: `第 ${page} 页 / 共 ${pages} 页`, alignment: 'right' },
  ],
})

/** Says which characters the paper could not draw. */
function missingNote({ missing }: Typesetter, { withData }: Paper): Content[] {
  if (missing.size === 0) return []
  const list = [...missing].map(sayCodePoint).join('')
  return joinHeadings([
    heading('字形说明'),
    paragraph(
      `本文书所用字库没有下列字符的字形，正文中以其统一码（Unicode）码位表示：${list}。${withData ? '原字见随附的数据文件。' : '需要原字的，请向办理机关查询。'}`,
      { fontSize: 9 },
    ),
  ])
}

/** The same content with every text in runs. */
function setContent(content: Content, typesetter: Typesetter): Content {
  if (typeof content === 'string') return { text: typesetter.set(content) }
  if (Array.isArray(content)) return content.map((each) => setContent(each, typesetter))
  const copy: Record<string, unknown> = { ...(content as object) }
  if (typeof copy.text === 'string') copy.text = typesetter.set(copy.text)
  for (const part of ['stack', 'columns', 'ul', 'ol'])
    if (Array.isArray(copy[part])) copy[part] = (copy[part] as Content[]).map((each) => setContent(each, typesetter))
  if (copy.table) {
    const table = copy.table as { body: Content[][] }
    copy.table = { ...table, body: table.body.map((row) => row.map((cell) => setContent(cell, typesetter))) }
  }
  return copy as unknown as Content
}
