/** What a source file imports, and its code without texts and comments. Knows TypeScript as this project writes it. */
export interface ReadSource {
  readonly imports: readonly { readonly from: string; readonly typeOnly: boolean }[]
  /** Code with every text replaced by its number and every comment gone. */
  readonly code: string
  readonly lines: number
}

/** Between these and a value a `/` begins a regular expression, and not a division. */
const BEFORE_REGEX = /(?:^|[=(,:[!&|?{};+\-*%~^<>\n]|\b(?:return|typeof|case|in|of|await|yield|throw|else|do))\s*$/

/** Takes code apart: each text becomes '0', '1' …, a template `0`, `1` … with the code of its places behind it. */
function withoutTexts(source: string): { code: string; texts: string[] } {
  const texts: string[] = []
  let code = ''
  let at = 0
  const text = (value: string, quote: string) => {
    code += `${quote}${texts.length}${quote}`
    texts.push(value)
  }
  const until = (end: string): string => {
    let value = ''
    for (at++; at < source.length && source[at] !== end; at++)
      value += source[at] === '\\' ? source[at]! + source[++at]! : source[at]
    at++
    return value
  }
  const regex = () => {
    for (let inClass = false; ++at < source.length; ) {
      if (source[at] === '\\') at++
      else if (source[at] === '[') inClass = true
      else if (source[at] === ']') inClass = false
      else if (source[at] === '/' && !inClass) break
    }
    for (at++; /[a-z]/.test(source[at] ?? ''); at++);
    text('', "'")
  }
  const template = () => {
    let value = ''
    const inner: string[] = []
    for (at++; at < source.length && source[at] !== '`'; ) {
      if (source[at] === '\\') {
        value += source.slice(at, at + 2)
        at += 2
      } else if (source.startsWith('${', at)) {
        at += 2
        const before = code
        code = ''
        run('}')
        at++
        inner.push(code)
        code = before
      } else value += source[at++]
    }
    at++
    text(value, '`')
    for (const part of inner) code += `{ ${part} }`
  }
  /** Reads code up to a closing brace of its own level, or to the end. */
  const run = (end: string | null) => {
    for (let depth = 0; at < source.length; ) {
      const character = source[at]!
      if (end !== null && character === end && depth === 0) return
      if (character === '{') depth++
      if (character === '}') depth--
      if (source.startsWith('//', at)) while (at < source.length && source[at] !== '\n') at++
      else if (source.startsWith('/*', at)) at = source.indexOf('*/', at) + 2
      else if (character === "'" || character === '"') text(until(character), "'")
      else if (character === '`') template()
      else if (character === '/' && BEFORE_REGEX.test(code)) regex()
      else {
        code += character
        at++
      }
    }
  }
  run(null)
  return { code, texts }
}

const STATIC =
  /\b(import|export)\b(\s+type\b(?!\s*(?:,|from\b)))?((?:(?!\b(?:import|export)\b)[\s\w{},*$])*?)\bfrom\s*'(\d+)'/g

export function readSource(source: string): ReadSource {
  const { code, texts } = withoutTexts(source)
  const imports = [...code.matchAll(STATIC)].map(([, , type, , number]) => ({
    from: texts[Number(number)]!,
    typeOnly: type !== undefined,
  }))
  const others = [/\bimport\s*'(\d+)'/g, /\b(?:import|require)\s*\(\s*['`](\d+)['`]/g]
  for (const pattern of others)
    for (const [, number] of code.matchAll(pattern)) imports.push({ from: texts[Number(number)]!, typeOnly: false })
  return { imports, code, lines: source.split('\n').length - (source.endsWith('\n') ? 1 : 0) }
}
