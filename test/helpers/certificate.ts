// Who vouches for a test server? Nobody: a certificate made on the spot and signed with its own key.

import {generateKeyPairSync, sign} from 'node:crypto'

/** One DER element. @see X.690 §8.1 */
const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts)
  const size = body.length < 0x80 ? [body.length] : body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), body])
}

const sequence = (...parts: Uint8Array[]): Buffer => der(0x30, ...parts)
const integer = (value: number): Buffer => der(0x02, Buffer.from([value]))
const objectId = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
const time = (text: string): Buffer => der(0x18, Buffer.from(text))

const ecdsaWithSha256 = sequence(objectId('2a8648ce3d040302'))
const name = sequence(der(0x31, sequence(objectId('550403'), der(0x0c, Buffer.from('closecall test')))))

/** Key and certificate as `tls.createServer` takes them. No client has a reason to trust it. @see RFC 5280 §4.1 */
export const selfSigned = (): {key: string; cert: string} => {
  const {privateKey, publicKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'})
  const signed = sequence(
    der(0xa0, integer(2)),
    integer(1),
    ecdsaWithSha256,
    name,
    sequence(time('20200101000000Z'), time('21200101000000Z')),
    name,
    publicKey.export({type: 'spki', format: 'der'}),
  )
  const signature = der(0x03, Buffer.of(0), sign('sha256', signed, privateKey))
  const base64 = sequence(signed, ecdsaWithSha256, signature).toString('base64')
  return {key: privateKey.export({type: 'pkcs8', format: 'pem'}) as string, cert: `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)!.join('\n')}\n-----END CERTIFICATE-----\n`}
}
