import t from 'tap'
import { csvLine, firstCell } from '../../src/domain/csv-line.ts'

const CELLS: readonly (readonly [cell: string | number | null, written: string, why: string])[] = [
  ['王家村', '王家村', 'a text'],
  [null, '', 'nothing'],
  [0, '0', 'a number'],
  [-5, '-5', 'a negative number is no formula'],
  ['-12.50', '-12.50', 'nor is an amount'],
  ['369901003', '369901003', 'digits'],
  ['a,b', '"a,b"', 'a comma is quoted'],
  ['a"b', '"a""b"', 'a quote is doubled'],
  ['a\r\nb', '"a\r\nb"', 'a line break is quoted'],
  ['=1+1', "'=1+1", 'a formula is a text'],
  ['+86', "'+86", 'also with +'],
  ['-2+3', "'-2+3", 'with -'],
  ['@SUM(A1)', "'@SUM(A1)", 'with @'],
  ['＝1', "'＝1", 'in full width'],
  [' =1', "' =1", 'behind a space'],
  ['\t=1', "'\t=1", 'behind a tab'],
  ['\u00A0=1', "'\u00A0=1", 'behind a space of another kind'],
  ['=HYPERLINK("x","y")', '"\'=HYPERLINK(""x"",""y"")"', 'quoted and harmless'],
  ['\rx', '"\'\rx"', 'a carriage return in front'],
]

t.test('a cell is shown as it is meant, and never run', async (t) => {
  for (const [cell, written, why] of CELLS) t.equal(csvLine([cell]), `${written}\r\n`, why)
  t.equal(csvLine(['a', 1, null, '=x']), "a,1,,'=x\r\n")
})

t.test('the first cell is read as it was written', async (t) => {
  for (const [cell] of CELLS) {
    // A line break within a cell is more than a line.
    if (typeof cell !== 'string' || /[\r\n]/.test(cell)) continue
    t.equal(firstCell(csvLine([cell, 'x']).trimEnd()), cell)
  }
  t.equal(firstCell('H1'), 'H1')
  t.equal(firstCell(''), '')
  t.equal(firstCell("'H1,x"), "'H1", 'an apostrophe that guards nothing is part of the text')
})
