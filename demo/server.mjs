// `npm start`: where is the demo?

import {startServer} from './misbehaving-server.mjs'

const {url} = await startServer({port: Number(process.env.PORT ?? 8013)})
console.log(`closecall demo: ${url}`)
