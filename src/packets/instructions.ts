import { groupFingerprint } from '../domain/key-fingerprint.ts'
import { FILES } from './manifest.ts'

interface Seal {
  readonly title: string
  readonly code: string
  readonly fingerprint: string
}

/** How anybody verifies a sealed packet with common tools and without this program. Part of the archive. */
export function sealInstructions({ title, code, fingerprint }: Seal): string {
  const { json, pdf, manifest, signature, key } = FILES
  return `${title}
核验码 verification code  ${code}
印章公钥指纹 fingerprint of the seal’s public key (sha256)
  ${groupFingerprint(fingerprint)}

本压缩包不用任何专门软件即可核验。请先解压，在解压后的文件夹中依次进行：
This archive can be verified without any special program. Unpack it and, in its folder:

1. 印章 the seal：${manifest} 自签发后没有改动 has not been changed since it was sealed
   openssl pkeyutl -verify -pubin -inkey ${key} -rawin -in ${manifest} -sigfile ${signature}
   应显示 must say: Signature Verified Successfully

2. 印章是谁的 whose seal it is：下面的结果应与签发单位公布的指纹一致 must be the fingerprint that the office has published
   openssl pkey -pubin -in ${key} -outform DER | sha256sum

3. 文件 the files：各文件的 sha256 应与 ${manifest} 中 files 所列一致 each sha256 must be the one under files in ${manifest}
   sha256sum ${json} ${pdf} ${key} ${FILES.instructions}

4. 纸质件 the paper：${pdf} 和纸质告知书每页所印核验码应为上面的核验码 every page must print the code above

${json} 含有重新计算每一项结果所需的全部内容（规则、参数、记录）。用本程序核验并重新计算：
${json} holds all that is needed to compute each result anew (rules, parameters, records). With the program:
   hedui verify packet.zip --key ${fingerprint}
`
}
