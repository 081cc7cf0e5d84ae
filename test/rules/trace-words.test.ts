import t from 'tap'
import { EMPLOYMENTS, ROLES, SCHEMES } from '../../src/domain/household-schema.ts'
import { RECORD_TYPES, type RecordField } from '../../src/domain/record-types.ts'
import { word } from '../../src/rules/trace-words.ts'

for (const [type, { fields }] of Object.entries(RECORD_TYPES)) {
  t.test(`whatever a ${type} holds is said in words, in both languages`, async (t) => {
    for (const [name, { oneOf = [] }] of Object.entries(fields as Record<string, RecordField>)) {
      t.match(word('field', name, 'zh'), /^\p{sc=Han}+$/u, name)
      t.notMatch(word('field', name, 'en'), /[a-z][A-Z]/, name)
      for (const value of oneOf) t.match(word('value', value, 'zh'), /\p{sc=Han}/u, `${name} ${value}`)
    }
  })
}

t.test('what a household declares is said in words', async (t) => {
  for (const value of [...SCHEMES, ...ROLES, ...EMPLOYMENTS]) t.match(word('value', value, 'zh'), /\p{sc=Han}/u, value)
})

t.test('what a member has subscribed is not the capital that a company is registered with', async (t) => {
  t.equal(word('field', 'capital', 'zh'), '认缴出资额')
})
