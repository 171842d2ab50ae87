// What does the Gemini Live API mean by its codes, and by its message before it closes?

import {defineDialect, type DefinedDialect} from './define.ts'

/** Its errors come as 1007 and 1008, which say nothing here of bytes or of rights; the reason tells. */
export const geminiLive: DefinedDialect = /*#__PURE__*/ defineDialect({
  name: 'gemini-live',
  title: 'Gemini Live API',
  source: 'npm @google/genai 2.32.0 LiveServerGoAway; observed closes: yagudaev/voiceclaw#155, nishuzumi/gemini-teacher#7, googleapis/python-genai#130, googleapis/js-genai#1236, google-gemini/deprecated-generative-ai-js#487',
  rules: {
    1007: [
      {name: 'API key refused', meaning: 'the key or token is missing, wrong or expired', action: 'refresh', fault: 'policy', reason: /api key|credential|unauthenticated|access token/i},
      {name: 'Location not supported', meaning: 'the API may not be used from here', action: 'stop', fault: 'policy', reason: /location is not supported/i},
      {name: 'Invalid argument', meaning: 'the API could not use a request: its model, its setup or an argument', action: 'stop', fault: 'sender'},
    ],
    // Observed at random in the midst of a session, and after a resumption handle that is too old; a new session mostly works.
    1008: {name: 'Session refused', meaning: 'the API gave up the session; a new one may work', action: 'retry', budget: 3},
  },
  messages: {
    about: /"goAway"/,
    // `timeLeft` runs until the close, which comes by itself: the session is used up to then, and the next one begins at once. As a pause
    // after the close it would only be lost time. The close that follows may carry any code, so what it means is said here.
    read: ({goAway}) =>
      Object(goAway) === goAway ? {after: 0, verdict: {name: 'Go away', action: 'retry', fault: 'server', explanation: 'the connection reached its longest duration'}} : undefined,
  },
})
