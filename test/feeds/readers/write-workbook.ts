import { strToU8, zipSync } from 'fflate'

export const escapeXml = (text: string) => text.replace(/[&<>"\r\n\t]/g, (character) => `&#${character.charCodeAt(0)};`)

export interface WorkbookText {
  /** What stands within sheetData, for each sheet by its name. */
  readonly sheets: Readonly<Record<string, string>>
  /** What stands within sst. */
  readonly strings?: string
  readonly workbookPr?: string
  /** Replaces or adds parts; null leaves one out. */
  readonly parts?: Readonly<Record<string, string | null>>
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** The bytes of a small workbook whose XML the test writes itself. */
export function workbookOf({ sheets, strings, workbookPr = '', parts = {} }: WorkbookText): Uint8Array {
  const names = Object.keys(sheets)
  const list = names.map((name, i) => `<sheet name="${escapeXml(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`)
  const relations = names.map(
    (_, i) => `<Relationship Id="rId${i + 1}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`,
  )
  if (strings !== undefined) {
    relations.push(`<Relationship Id="rIdS" Type="${RELATIONS}/sharedStrings" Target="/xl/sharedStrings.xml"/>`)
  }
  const texts: Record<string, string | null> = {
    'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}">${workbookPr}<sheets>${list.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${relations.join('')}</Relationships>`,
    ...(strings === undefined ? {} : { 'xl/sharedStrings.xml': `<sst xmlns="${MAIN}">${strings}</sst>` }),
    ...parts,
  }
  for (const [i, name] of names.entries()) {
    const part = `xl/worksheets/sheet${i + 1}.xml`
    if (texts[part] !== undefined) continue
    texts[part] =
      `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="${MAIN}"><sheetData>${sheets[name]}</sheetData></worksheet>`
  }
  const present = Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== null)
  return zipSync(Object.fromEntries(present.map(([name, text]) => [name, strToU8(text)])))
}

/** A row of inline strings; undefined leaves the cell out. */
export function textRow(values: readonly (string | undefined)[], line: number): string {
  const cells = values.map((value, i) => {
    const reference = `${String.fromCharCode(65 + i)}${line}`
    return value === undefined
      ? ''
      : `<c r="${reference}" t="inlineStr"><is><t xml:space="preserve">${escapeXml(value)}</t></is></c>`
  })
  return `<row r="${line}">${cells.join('')}</row>`
}
