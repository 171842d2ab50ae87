// What Kubernetes says: client-go tools/remotecommand/websocket.go readDemuxLoop(): CloseNormalClosure gives EOF, every other close an error.

import {expect, it} from 'vitest'
import {classify} from '../../src/core/index.ts'
import {kubernetes} from '../../src/dialects/index.ts'
import {followsItsSource, type Row} from './table.ts'

followsItsSource(
  kubernetes,
  [
    // "readers will get io.EOF as it's a normal closure"
    [1000, 'Stream finished', 'end', {fault: 'none'}],
    ...[1001, 1002, 1004, 1005, 1006, 1008, 1011, 1012, 1013, 1014, 3000, 4000, 4913, 4999].map((code): Row => [code, 'Stream broken', 'stop', {fault: 'unknown'}]),
  ],
  [1003, 1007, 1009, 1010],
)

it('comes back after no close at all [CC-140] [CC-141]', () => {
  for (let code = 1000; code < 5000; code++) expect(classify({code}, {dialect: kubernetes}).action, String(code)).toBe(code === 1000 ? 'end' : 'stop')
})

it('speaks the subprotocols of apimachinery pkg/util/remotecommand/constants.go', () => {
  expect(kubernetes.subprotocols).toEqual(['v5.channel.k8s.io', 'v4.channel.k8s.io'])
})
