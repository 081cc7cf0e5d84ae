import fc from 'fast-check'
import t from 'tap'
import type { DossierRecord } from '../../src/domain/dossier.ts'
import { joinKey, maskSensitive, showKey } from '../../src/domain/record-key.ts'
import { findIdNumbers, maskIdNumber, maskName } from '../../src/packets/mask-text.ts'
import { createValueMasks } from '../../src/packets/mask-values.ts'
import { record } from '../rules/dossiers.ts'
import { personOf } from '../support/people.ts'

t.test('of a name the first character stays, of a Latin one the first letter of each part', async (t) => {
  const names = {
    王伟: '王*',
    王守仁: '王**',
    欧阳靖国: '欧***',
    王: '王*',
    𠮷田: '𠮷*',
    阿𬭎䶮: '阿**',
    阿依古丽·买买提: '阿***·***',
    '阿卜杜拉•艾力·库尔班': '阿***•**·***',
    'Maria da Silva': 'M**** d* S****',
    'JEAN-PIERRE': 'J***-P*****',
    'Zoe\u0301 Li': 'Z** L*',
    ' 李四 ': '李*',
    // A character with a variation selector is one character.
    '葛\u{e0100}洪': '葛\u{e0100}*',
    '李 Anna': '李 ****',
  }
  for (const [name, masked] of Object.entries(names)) t.equal(maskName(name), masked, name)
  const han = fc.integer({ min: 0x4e00, max: 0x9fff }).map((code) => String.fromCodePoint(code))
  const some = fc.array(han, { minLength: 2, maxLength: 25 })
  t.doesNotThrow(() =>
    fc.assert(fc.property(some, (name) => maskName(name.join('')) === name[0] + '*'.repeat(name.length - 1))),
  )
})

t.test('of an identity number the first three and the last four stay, of a passport the last four', async (t) => {
  t.equal(maskIdNumber('369901197003070010'), '369***********0010')
  t.equal(maskIdNumber('369901700307001'), '369********7001')
  t.equal(maskIdNumber('G1234567'), '****4567')
  t.equal(maskIdNumber('G123456'), '*******')
})

t.test('identity numbers are found in texts, whatever digits are beside other codes', async (t) => {
  const { idNumber } = personOf(5, '甲')
  const wide = [...idNumber].map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)).join('')
  t.same(findIdNumbers(`证件号码${idNumber}，又${wide}。`), [idNumber, wide])
  t.same(findIdNumbers(`${idNumber.slice(0, 17)}${idNumber[17] === '0' ? '1' : '0'}`), [], 'a wrong check digit')
  t.same(findIdNumbers(`a${idNumber}`), [], 'part of a digest')
  t.same(findIdNumbers(`1${idNumber}`), [], 'part of a longer number')
})

const SOURCES = [
  {
    source: 'bank',
    title: { zh: '', en: '' },
    owner: '',
    trust: 'verified' as const,
    records: [{ type: 'deposit' as const, key: ['institution', 'account'], sensitive: ['account'] }],
  },
]
const deposits = (accounts: readonly string[]): DossierRecord[] =>
  accounts.map((account, i) => {
    const made = record('deposit', 'P1', i, { institution: `银行${i % 2}`, account, currency: 'CNY', balance: 1 })
    return { ...made, key: joinKey([`银行${i % 2}`, account]), shownKey: showKey(made.key, [false, true]) }
  })

const account = fc.oneof(
  fc.stringMatching(/^[0-9]{1,20}$/),
  fc.stringMatching(/^(62|63)[0-9]{2}1234$/),
  fc.stringMatching(/^[A-Z0-9-]{1,12}$/),
)

t.test('masks keep accounts apart, alike and in order, and show what was shown', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(account, { minLength: 1, maxLength: 30 }), (accounts) => {
        const records = deposits(accounts)
        const masks = createValueMasks(records, SOURCES, [])
        const masked = records.map((each) => masks.record(each))
        return masked.every(
          (a, i) =>
            a.shownKey === records[i]!.shownKey &&
            maskSensitive(a.fields.account as string) === maskSensitive(accounts[i]!) &&
            masked.every(
              (b, j) =>
                (a.key === b.key) === (records[i]!.key === records[j]!.key) &&
                a.key < b.key === records[i]!.key < records[j]!.key,
            ),
        )
      }),
      { numRuns: 500 },
    ),
  )
})

t.test('an account is masked wherever it stands, and nothing that only holds its digits', async (t) => {
  const masks = createValueMasks(deposits(['6217000000001234', '6228000000001234']), SOURCES, ['G1234567'])
  t.equal(masks.text('账号6217000000001234、6228000000001234'), '账号000001****1234、000002****1234')
  t.equal(masks.text('a6217000000001234f'), 'a6217000000001234f')
  t.equal(masks.text('护照 G1234567'), '护照 ****4567')
  const { idNumber } = personOf(6, '乙')
  t.equal(masks.text(`转给${idNumber}`), `转给${maskIdNumber(idNumber)}`)
})

t.test('an identity number in a record that no adapter calls sensitive is masked like an account', async (t) => {
  const payer = personOf(7, '丙').idNumber
  const income = record('income', 'P1', 1, { item: '劳务报酬', month: '2026-10', amount: 100, payerCode: payer })
  const made = createValueMasks([income], SOURCES, []).record(income)
  const masked = `000001****${payer.slice(-4)}`
  t.equal(made.fields.payerCode, masked)
  t.equal(made.key, joinKey([masked, '劳务报酬', '2026-10']))
  t.equal(made.shownKey, `${masked}|劳务报酬|2026-10`)
})
