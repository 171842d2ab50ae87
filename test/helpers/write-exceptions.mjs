// Writes the tables of docs/websocket.md, from what the tests hold the drop-in to.

import {readFileSync, writeFileSync} from 'node:fs'
import {tables} from '../websocket/exceptions.mjs'
import {between} from './between.mjs'

const file = new URL('../../docs/websocket.md', import.meta.url)
const {exceptions, deviations} = tables()
writeFileSync(file, between(between(readFileSync(file, 'utf8'), 'exceptions', exceptions), 'deviations', deviations))
