// closecall/diagnosis: what several ends have in common. Every export by name.

export {diagnosis, type DiagnosisOptions, type PatternName} from './diagnosis.ts'
