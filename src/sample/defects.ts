import { checkDigit } from '../domain/id-number.ts'
import { foldName } from '../domain/person-name.ts'
import { UNDECODABLE } from './gb18030.ts'
import type { Layout, Row } from './layout.ts'
import { inventName } from './names.ts'
import type { Random } from './prng.ts'

/** Puts a character into the middle of a text. */
const broken = (text: string, by: string) =>
  text.slice(0, Math.ceil(text.length / 2)) + by + text.slice(Math.ceil(text.length / 2))

type Spoil = () => void

/** The ways to make a row unusable, each of which applies to this row. */
function refusals<F>(random: Random, layout: Layout<F>, fact: F, row: Row): Spoil[] {
  const refuse = (why: string) => {
    row.fate = 'quarantined'
    row.why = why
  }
  const put = (kind: string, column: number, value: string | null) => () => {
    row.cells[column] = value
    refuse(`${kind}:${layout.columns[column]}`)
  }
  const texts = layout.texts.filter((column) => typeof row.cells[column] === 'string' && row.cells[column].length > 1)
  const ways: Spoil[][] = [
    layout.required(fact).map((column) => put('missing', column, random.pick([null, '', '  ']))),
    layout.parsed(fact).map(([column, garbage]) => put('unparseable', column, random.pick(garbage))),
    layout.coded(fact).map(([column, codes]) => put('unknown-code', column, random.pick(codes))),
    texts.map((column) => put('replacement-character', column, broken(row.cells[column] as string, '\ufffd'))),
    layout.hasBytes
      ? texts.map((column) => put('undecodable', column, broken(row.cells[column] as string, UNDECODABLE)))
      : [],
    [
      () => {
        row.cells[layout.name] = random.pick([null, '', ' '])
        row.cells[layout.idNumber] = random.pick([null, '', '\u3000'])
        refuse('no-identity')
      },
    ],
  ]
  if (layout.breaks === 'columns')
    ways.push([
      () => {
        row.cells.pop()
        refuse('too-few-columns')
      },
      () => {
        row.cells.push('备注')
        refuse('too-many-columns')
      },
    ])
  if (layout.breaks === 'json')
    ways.push([
      () => {
        row.broken = random.pick(['truncated', 'no-object'] as const)
        refuse('malformed')
      },
    ])
  return random.pick(ways.filter((list) => list.length > 0))
}

/** The number as it comes when it is lost: masked, mistyped, cut, rounded by a spreadsheet, blank. Never a valid one. */
function lostNumber(random: Random, number: string, workbook: boolean): string | number | null {
  switch (random.int(7)) {
    case 0:
      return `${number.slice(0, 6)}********${number.slice(14)}`
    case 1: {
      const check = checkDigit(number)
      return number.slice(0, 17) + random.pick([...'0123456789X'].filter((digit) => digit !== check))
    }
    case 2: {
      const cut = random.int(18)
      return number.slice(0, cut) + number.slice(cut + 1)
    }
    case 3:
      return number.replace('0', 'O')
    case 4:
      // Excel keeps 15 digits of a number; where the zeros behind them would make a valid one, the text does.
      return workbook && checkDigit(`${number.slice(0, 15)}00`) !== '0'
        ? Number(`${number.slice(0, 15)}000`)
        : `${number.slice(0, 1)}.${number.slice(1, 6)}E+17`
    case 5:
      return `${number.slice(0, 3)}***********${number.slice(14)}`
    default:
      return random.pick([null, '', ' '])
  }
}

/** A name that is not the person's: somebody else's, masked, or none. */
function wrongName(random: Random, row: Row, own: string, place: number): void {
  const household = row.about === 'household'
  const kind = random.weighted([['nameDiffers', 6], ['nameMasked', 2], ['nameMissing', 2]] as const) // biome-ignore format: a table
  if (household) row.fate = kind
  const characters = [...own]
  if (kind === 'nameMasked')
    row.cells[place] = random.pick([
      `${characters[0]}*`,
      `${characters[0]}**`,
      `*${characters.at(-1)}`,
      `${characters[0]}＊`,
    ])
  else if (kind === 'nameMissing') row.cells[place] = random.pick([null, '', ' ', '\u3000'])
  else
    for (;;) {
      const other = inventName(random, 'han', random.chance(0.5) ? 'm' : 'f', 1980).full
      if (foldName(other) === foldName(own)) continue
      row.cells[place] = other
      return
    }
}

/**
 * Spoils a row: 40 % so that it is refused, 38 % so that nobody knows whose it is, 22 % so that the name is not the one
 * of the number. Rows without a resident number can only be refused.
 */
export function spoil<F>(random: Random, layout: Layout<F>, fact: F, row: Row): void {
  const kind = row.about === 'without-number' ? 0 : random.int(100)
  if (kind < 40) random.pick(refusals(random, layout, fact, row))()
  else if (kind >= 78) wrongName(random, row, row.cells[layout.name] as string, layout.name)
  else {
    row.fate = 'unidentified'
    row.cells[layout.idNumber] = lostNumber(random, row.cells[layout.idNumber] as string, layout.source === 'bank')
  }
}
