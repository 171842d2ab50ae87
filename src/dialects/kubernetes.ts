// What does Kubernetes mean by a close of exec, attach and port-forward?

import {defineDialect, type DefinedDialect, type DialectRule} from './define.ts'

const broken: DialectRule = {name: 'Stream broken', meaning: 'the session broke off and can not be resumed', action: 'stop'}

/** A session can't be resumed: another connection would run the command once more. What became of it is told on channel 3 before the close. */
export const kubernetes: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'kubernetes',
  title: 'Kubernetes exec',
  source: 'kubernetes/kubernetes staging/src/k8s.io/client-go/tools/remotecommand/websocket.go readDemuxLoop(), staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go',
  subprotocols: ['v5.channel.k8s.io', 'v4.channel.k8s.io'],
  rules: {
    1000: {name: 'Stream finished', meaning: 'the command or the stream came to its end', action: 'end', fault: 'none'},
    // Every other close. After those left out the client stops anyway, and the table knows whose fault they are.
    '1001-1002': broken,
    '1004-1006': broken,
    1008: broken,
    '1011-4999': broken,
  },
})
