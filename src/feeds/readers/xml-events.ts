import { SaxesParser } from 'saxes'
import { HeduiError } from '../../errors.ts'
import { decodedText } from './decode.ts'

/** The parser holds a text until its element ends; no text in a workbook comes near this. */
const MOST_BETWEEN_TAGS = 16 << 20

/** What is made of a document as it is read. Names come without their namespace prefix. */
export interface XmlHandler {
  open(name: string, attributes: Readonly<Record<string, string>>): void
  text(text: string): void
  close(name: string): void
}

const localName = (name: string) => {
  const colon = name.indexOf(':')
  return colon === -1 ? name : name.slice(colon + 1)
}

/**
 * Feeds a document to `handler` and yields after each chunk, so that what the handler has gathered can be taken on.
 * Throws HeduiError SOURCE_FILE where the XML is broken; it does not say how, for that may quote a person's data.
 */
export async function* xmlEvents(
  bytes: AsyncIterable<Uint8Array>,
  handler: XmlHandler,
  file: string,
): AsyncGenerator<void> {
  const parser = new SaxesParser<{ xmlns?: false; position?: boolean }>({ position: false })
  parser.on('error', () => {
    throw broken(file)
  })
  let sinceTag = 0
  parser.on('opentag', ({ name, attributes }) => {
    sinceTag = 0
    handler.open(localName(name), attributes)
  })
  parser.on('closetag', ({ name }) => {
    sinceTag = 0
    handler.close(localName(name))
  })
  parser.on('text', (text) => handler.text(text))
  parser.on('cdata', (text) => handler.text(text))

  const parse = (text: string, last: boolean) => {
    sinceTag += text.length
    if (sinceTag > MOST_BETWEEN_TAGS) throw broken(file)
    parser.write(text)
    if (last) parser.close()
  }

  // The standard allows UTF-16, too; no writer is known to use it.
  for await (const text of decodedText(bytes, 'utf-8')) {
    parse(text, false)
    yield
  }
  parse('', true)
  yield
}

function broken(file: string): HeduiError {
  return new HeduiError('SOURCE_FILE', 'the workbook cannot be read: its XML is broken or cut off', { file })
}
