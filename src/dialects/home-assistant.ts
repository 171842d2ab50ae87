// What does Home Assistant mean by a close?

import {defineDialect, type DefinedDialect} from './define.ts'

/** It has no codes of its own. */
export const homeAssistant: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'home-assistant',
  title: 'Home Assistant WebSocket API',
  source: 'home-assistant/developers.home-assistant docs/api/websocket.md "Authentication phase", home-assistant/home-assistant-js-websocket lib/socket.ts',
  rules: {},
  messages: {
    about: /"auth_invalid"/,
    read: ({type}) => (type === 'auth_invalid' ? {verdict: {action: 'stop', fault: 'policy', name: 'auth_invalid', explanation: 'the access token is not valid'}} : undefined),
  },
})
