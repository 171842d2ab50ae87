// Does one task of a measure in this process, and tells the process that asked. See alone.mjs.

const [, , module, json] = process.argv
const {tasks} = await import(module)
const task = JSON.parse(json)
const result = await tasks[task.kind](task)
process.send({result}, () => process.exit())
