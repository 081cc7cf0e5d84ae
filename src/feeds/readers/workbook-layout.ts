import { posix } from 'node:path'
import { didYouMean } from '../../domain/closest-word.ts'
import { HeduiError } from '../../errors.ts'
import { type XmlHandler, xmlEvents } from './xml-events.ts'
import type { ZipParts } from './zip-parts.ts'

const WORKBOOK = 'xl/workbook.xml'
const RELATIONSHIPS = 'xl/_rels/workbook.xml.rels'
/** These two parts are read as a whole; they name the sheets and little else. */
const MOST_BYTES = 16 << 20

/** Where in the archive the sheet asked for and its texts are. */
export interface WorkbookLayout {
  readonly sheetPart: string
  readonly stringsPart: string
  readonly date1904: boolean
}

interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

interface Relationship {
  readonly type: string
  readonly part: string
}

async function elementsOf(parts: ZipParts, part: string): Promise<Element[]> {
  if ((parts.sizeOf(part) ?? 0) > MOST_BYTES) {
    throw new HeduiError('SOURCE_FILE', `the part ${part} of the workbook is larger than 16 MB`, { file: parts.path })
  }
  const elements: Element[] = []
  const handler: XmlHandler = {
    open: (name, attributes) => elements.push({ name, attributes }),
    text: () => {},
    close: () => {},
  }
  for await (const _ of xmlEvents(parts.read(part), handler, parts.path));
  return elements
}

/** Targets are relative to the folder of the workbook part, or absolute. */
function resolveTarget(target: string): string {
  return target.startsWith('/') ? posix.normalize(target).slice(1) : posix.normalize(posix.join('xl', target))
}

async function relationshipsOf(parts: ZipParts): Promise<ReadonlyMap<string, Relationship>> {
  const elements = await elementsOf(parts, RELATIONSHIPS)
  const relationships = elements.filter(({ name }) => name === 'Relationship')
  return new Map(
    relationships.map(({ attributes: { Id = '', Type = '', Target = '' } }) => [
      Id,
      { type: Type.slice(Type.lastIndexOf('/') + 1), part: resolveTarget(Target) },
    ]),
  )
}

/** The value of `r:id`, whatever prefix stands for the namespace. */
const relationId = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).find(([name]) => name.endsWith(':id'))?.[1] ?? ''

/**
 * Finds the sheet of this name, or the first one, and the parts that go with it.
 * Throws HeduiError SOURCE_FILE where the archive is no workbook, is broken or has no such sheet.
 */
export async function readLayout(parts: ZipParts, wanted: string | undefined): Promise<WorkbookLayout> {
  const file = parts.path
  if (parts.sizeOf(WORKBOOK) === null) {
    throw new HeduiError('SOURCE_FILE', `the file is a zip archive, but no XLSX workbook: it has no ${WORKBOOK}`, {
      file,
    })
  }
  const elements = await elementsOf(parts, WORKBOOK)
  const relationships = await relationshipsOf(parts)
  const sheets = elements
    .filter(({ name }) => name === 'sheet')
    .map(({ attributes }) => ({ name: attributes.name ?? '', ...relationships.get(relationId(attributes)) }))
    .filter(({ type }) => type === 'worksheet')
  const sheet = wanted === undefined ? sheets[0] : sheets.find(({ name }) => name === wanted)
  if (!sheet?.part) {
    const names = sheets.map(({ name }) => name)
    const what = wanted === undefined ? 'no sheet' : `no sheet ${wanted}${didYouMean(wanted, names)}`
    throw new HeduiError('SOURCE_FILE', `the workbook has ${what}; its sheets are: ${names.join(', ') || 'none'}`, {
      file,
    })
  }
  const properties = elements.find(({ name }) => name === 'workbookPr')?.attributes
  const strings = [...relationships.values()].find(({ type }) => type === 'sharedStrings')
  return {
    sheetPart: sheet.part,
    stringsPart: strings?.part ?? 'xl/sharedStrings.xml',
    date1904: properties?.date1904 === '1' || properties?.date1904 === 'true',
  }
}
