import fc from 'fast-check'
import t from 'tap'
import { birthDateOf, checkDigit, parseIdNumber, tidyIdNumber } from '../../src/domain/id-number.ts'

/** ISO 7064 MOD 11-2 as the standard writes it, by Horner's scheme and not by GB 11643's table of weights. */
function check(first17: string): string {
  let sum = 0
  for (const digit of first17) sum = ((sum + Number(digit)) * 2) % 11
  const value = (12 - sum) % 11
  return value === 10 ? 'X' : String(value)
}

const numbers = fc
  .record({
    region: fc.integer({ min: 100000, max: 999999 }),
    date: fc.date({ min: new Date('1850-01-01'), max: new Date('2150-12-31'), noInvalidDate: true }),
    sequence: fc.nat(999),
  })
  .map(({ region, date, sequence }) => {
    const first17 = `${region}${date.toISOString().slice(0, 10).replaceAll('-', '')}${String(sequence).padStart(3, '0')}`
    return first17 + check(first17)
  })

t.test('numbers of the standard and of the domain dossier are valid', async (t) => {
  for (const [delivered, number, why] of [
    ['11010519491231002X', '11010519491231002X', "the standard's first example"],
    ['440524188001010014', '440524188001010014', "the standard's second example, born in 1880"],
    ['110118196002290016', '110118196002290016', 'a leap day'],
    ['369901197003070010', '369901197003070010', 'of the sample county'],
    ['810000199001010019', '810000199001010019', 'a residence permit of a Hong Kong resident'],
    ['830000198506150024', '830000198506150024', 'a residence permit of a Taiwan resident'],
    ['110105491231002', '11010519491231002X', '15 digits become 18'],
    ['11010519491231002x', '11010519491231002X', 'a lower-case x'],
    ['11010519491231002Ｘ', '11010519491231002X', 'a full-width X'],
    ['11010519491231002ｘ', '11010519491231002X', 'a full-width lower-case x'],
    ['１１０１０５１９４９１２３１００２X', '11010519491231002X', 'full-width digits'],
    [' 11010519491231002X\t', '11010519491231002X', 'blanks around'],
    ['110105 19491231 002X', '11010519491231002X', 'spaces within'],
    ['110105　19491231　002X', '11010519491231002X', 'ideographic spaces within'],
    ["'11010519491231002X", '11010519491231002X', 'a leading apostrophe'],
    ['’11010519491231002X', '11010519491231002X', 'a leading curly apostrophe'],
    ['＇11010519491231002X', '11010519491231002X', 'a leading full-width apostrophe'],
    [" ' 110105491231002", '11010519491231002X', 'an apostrophe and blanks before 15 digits'],
  ] as const) {
    t.equal(parseIdNumber(delivered), number, why)
  }
})

t.test('what is no number of a resident is refused', async (t) => {
  for (const [delivered, why] of [
    ['', 'blank'],
    ['110228196202290019', 'right check digit, but 29 February 1962'],
    ['11010519491231002', '17 digits'],
    ['11010519491231002XX', '19 characters'],
    ['110105194912310020', 'a wrong check digit'],
    ['110105194912310O2X', 'a letter O'],
    ['1101051949123100２Y', 'a letter that is no check digit'],
    ['X1010519491231002X', 'an X before the end'],
    ['1.10105E+17', 'a number that a spreadsheet spoiled'],
    ['110105********002X', 'masked'],
    ['11010549123100X', '15 characters with an X'],
    ['110105491331002', '15 digits with a month 13'],
    ['110105490229002', '15 digits with 29 February 1949'],
    ['110105491231996', 'sequence 996: born before 1900'],
    ['110105491231997', 'sequence 997'],
    ['110105491231998', 'sequence 998'],
    ['110105491231999', 'sequence 999'],
    ['E12345678', 'a passport'],
  ] as const) {
    t.equal(parseIdNumber(delivered), null, why)
  }
})

t.test('sequences below 996 are converted', async (t) => {
  const number = parseIdNumber('110105491231995')
  t.equal(number, `11010519491231995${check('11010519491231995')}`)
})

t.test('only a leading apostrophe is dropped', async (t) => {
  t.equal(tidyIdNumber("'110105"), '110105')
  t.equal(tidyIdNumber("1101'05"), "1101'05")
  t.equal(parseIdNumber("110105'19491231002X"), null)
})

t.test('the check digit is MOD 11-2', async () => {
  fc.assert(fc.property(numbers, (number) => checkDigit(number.slice(0, 17)) === number[17]))
})

t.test('a number with a real birth date and the right check digit is valid and is itself', async () => {
  fc.assert(
    fc.property(numbers, (number) => {
      const born = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`
      return parseIdNumber(number) === number && birthDateOf(number) === born
    }),
  )
})

t.test('any single changed character breaks a number', async () => {
  fc.assert(
    fc.property(numbers, fc.nat(17), fc.constantFrom(...'0123456789X'), (number, at, character) => {
      fc.pre(number[at] !== character)
      return parseIdNumber(number.slice(0, at) + character + number.slice(at + 1)) === null
    }),
    { numRuns: 1000 },
  )
})

t.test('two neighbors that changed places break a number', async () => {
  fc.assert(
    fc.property(numbers, fc.nat(16), (number, at) => {
      fc.pre(number[at] !== number[at + 1])
      const swapped = number.slice(0, at) + number[at + 1] + number[at] + number.slice(at + 2)
      return parseIdNumber(swapped) === null
    }),
    { numRuns: 500 },
  )
})

t.test('15 and 18 digits of one person are one number', async () => {
  fc.assert(
    fc.property(numbers, (number) => {
      fc.pre(number.slice(6, 8) === '19' && Number(number.slice(14, 17)) < 996)
      return parseIdNumber(number.slice(0, 6) + number.slice(8, 17)) === number
    }),
  )
})
