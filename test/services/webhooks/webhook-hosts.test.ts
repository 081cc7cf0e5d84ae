import t from 'tap'
import { loadConfig } from '../../../src/config.ts'
import { isAllowedHost } from '../../../src/services/webhooks/webhook-url.ts'

const hostsOf = (text: string) => loadConfig({ HEDUI_WEBHOOK_HOSTS: text }, '/').webhookHosts

t.test('the setting is a list of hosts, and nothing that never equals one', (t) => {
  t.same(hostsOf(''), [])
  t.same(hostsOf(' Cases.Example.cn ,10.0.0.8:8443,, [::1]:80 '), ['cases.example.cn', '10.0.0.8:8443', '[::1]:80'])
  for (const text of [
    'https://cases.example.cn',
    'cases.example.cn/hook',
    'a b',
    'user@host',
    'host:99999',
    '*',
    '例子.cn',
  ])
    t.throws(() => hostsOf(text), { code: 'DEFINITION_SETTING', message: /HEDUI_WEBHOOK_HOSTS/ }, text)
  t.end()
})

t.test('a host without a port stands for all of its ports, one with a port for that alone', (t) => {
  const table: readonly (readonly [string, string, boolean])[] = [
    ['http://a.cn/', 'a.cn', true],
    ['https://a.cn:8443/', 'a.cn', true],
    ['https://A.cn/', 'a.cn:443', true],
    ['http://a.cn/', 'a.cn:443', false],
    ['http://a.cn:80/', 'a.cn:80', true],
    ['http://[::1]:80/', '[::1]:80', true],
    ['http://b.a.cn/', 'a.cn', false],
    ['http://0x7f000001/', 'a.cn', false],
  ]
  for (const [url, host, allowed] of table) t.equal(isAllowedHost(new URL(url), [host]), allowed, `${url} by ${host}`)
  t.end()
})
