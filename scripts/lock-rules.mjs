// Writes rules/shipped.json: the version of the rules that come with the program and are in force where nobody has
// approved others. Run it when a change of rules/ is meant to be shipped; a test compares the two. It is no command of the
// program: whoever runs the program has rules approved by another person instead (hedui rules draft, hedui rules approve).
//
//   node scripts/bootstrap.mjs scripts/lock-rules.mjs

import { writeFileSync } from 'node:fs'
import { loadConfig } from '../src/config.ts'
import { loadAdapters } from '../src/services/load-adapters.ts'
import { checkRuleSet } from '../src/services/load-rule-set.ts'
import { lockFile } from '../src/services/shipped-rules.ts'

const { root, rulesFolder, adaptersFolder } = loadConfig({})
const { ruleSet } = await checkRuleSet(rulesFolder, await loadAdapters(adaptersFolder))
writeFileSync(lockFile(root), `{ "version": "${ruleSet.version}" }\n`)
process.stdout.write(`${lockFile(root)}: ${ruleSet.version}\n`)
