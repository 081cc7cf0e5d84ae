/** What can be wrong with a sealed packet, in words: [zh, en], after the name of the file and section. */
export const FAULTS = {
  'not-zip': ['不是 zip 压缩包，或已损坏', 'is no zip archive, or a broken one'],
  'too-large': ['大小超出任何告知书压缩包', 'is larger than any packet'],
  'too-many-files': ['文件数超出任何告知书压缩包', 'holds more files than any packet'],
  'same-name-twice': ['含有两个同名文件', 'holds two files of one name'],
  repacked: [
    '重新打包过，或在文件之间添加了内容；其中各文件仍为签发时原样',
    'was packed anew, or something was put between its files; the files are as they were sealed',
  ],
  missing: ['缺失', 'is missing'],
  'not-part': ['不属于告知书压缩包', 'is no part of a sealed packet'],
  changed: ['被改动', 'was changed'],
  added: ['是添加的', 'was added'],
  rewritten: ['写法被改动，内容未变', 'is written in another way; what it says is the same'],
  'not-json': ['已不是 JSON', 'is no JSON any more'],
  'not-the-packets': ['被改动，或属于另一份告知书', 'was changed, or is of another packet'],
  'not-a-packet': ['不是告知书的格式', 'has not the form of a packet'],
  'not-canonical': ['未按 RFC 8785 书写', 'is not written as RFC 8785 says'],
  'not-a-manifest': ['不是印章清单的格式', 'has not the form of a manifest'],
  'signature-differs': ['与签名不符：清单或签名被改动', 'does not fit its signature: one of the two was changed'],
  'other-fingerprint': ['所列指纹属于另一把密钥', 'names the fingerprint of another key'],
  'other-packet': ['所述为另一份告知书', 'speaks of another packet'],
  'further-files': ['列有不属于告知书的文件', 'lists files that are no part of a sealed packet'],
  'other-key': ['由另一把密钥签章', 'is sealed with another key'],
} as const satisfies Readonly<Record<string, readonly [zh: string, en: string]>>

export type Fault = keyof typeof FAULTS
