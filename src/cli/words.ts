// What does the command say, in which language? A new language is one more entry; the type checks that it is complete.

import type {CodeKind} from '../catalog/index.ts'
import type {Action, CloseOrigin, FailureCause, Fault} from '../core/index.ts'
import type {PatternName} from '../diagnosis/index.ts'
import type {Pattern} from '../index.ts'

export type Language = 'en' | 'fr'

/** Texts of other people are harmless before they come here. */
export interface Words {
  help: string
  quoted: (text: string) => string
  label: (text: string) => string

  /** One sentence for each wrong use: what is wrong, and what would be right. */
  misuse: {
    language: (given: string, known: readonly string[]) => string
    command: (given: string) => string
    option: (given: string) => string
    otherCommand: (given: string, command: string) => string
    noValue: (given: string) => string
    needlessValue: (given: string) => string
    codes: (given: readonly string[]) => string
    howManyCodes: string
    codeAndStatus: string
    dialectAndDialects: string
    status: (given: string) => string
    dialect: (given: string) => string
    surplus: (given: string) => string
    howManyURLs: string
    url: (given: string) => string
    subprotocols: string
    header: string
    stableAfter: (given: string) => string
  }

  yes: string
  no: string
  kinds: Record<CodeKind, string>
  senders: Record<'either' | 'client' | 'server' | 'nobody', string>
  actions: Record<Action, string>
  faults: Record<Fault, string>
  labels: Record<'meaning' | 'when' | 'fix' | 'closecall' | 'send' | 'verdict' | 'kind' | 'sender' | 'wire' | 'closeAccepts' | 'constant' | 'registered' | 'reference' | 'dialect' | 'more' | 'plan' | 'difference', string>
  faultOf: (fault: string) => string
  httpStatus: (status: number) => string
  perhapsStatus: (status: number) => string
  services: (code: number, dialects: readonly string[]) => string

  reasonMatches: string

  probe: {
    overWs: string
    overNative: string
    noWebSocket: string
    noHeaders: string
    connecting: string
    again: (retry: number) => string
    open: string
    subprotocol: (name: string) => string
    noSubprotocol: string
    extensions: (names: string) => string
    readAs: (dialect: string) => string
    stable: (time: string) => string
    closed: string
    refused: (status: number) => string
    /** Why there was no connection, or why it is none any more, where no code of the server’s says so. */
    origins: Record<Exclude<CloseOrigin, 'event' | 'error'>, string>
    lost: string
    notOpened: string
    leaving: string
    unanswered: string
    after: (time: string) => string
    messages: (count: number) => string
    next: (time: string) => string
    wouldBe: (time: string) => string
    asAsked: string
    askedMore: (time: string) => string
    stops: Record<FailureCause, string>
    noCredentials: string
    ends: string
    pattern: (pattern: Pattern) => string
    interrupted: string
    summary: (connections: number, retries: number, received: number) => string
  }
}

const en: Words = {
  help: `closecall says why a WebSocket closed, and what to do about it.

  closecall explain CODE [CODE]      what a close code means; two are compared
  closecall explain --status STATUS  the same for the HTTP status of a refusal
  closecall list                     every code, with what closecall does
  closecall list --dialects          services whose private codes are known
  closecall probe URL                connects, and tells what happens

Options
  --lang LANGUAGE         en, fr. Default: en
  --json                  for programs; probe writes one object a line
  --dialect NAME          read private codes as this service means them.
                          Default for probe: by the subprotocol
  --help, --version

Options of probe
  --subprotocol NAME      offer it; may be repeated
  --header 'NAME: VALUE'  send it with the handshake; may be repeated; needs ws
  --stable-after SECONDS  open so long, and all is well. Default: 10
  --watch                 connect again as a client does, until interrupted

Exit codes
  0  explained; the connection is fine, or was closed as it should be
  1  the server closed or refused for good: trying again does not help
  2  wrong usage
  3  closed, refused or not reached, and trying again is right
  4  this needs the package ws, which is not installed
  5  the output could not be written
  70  a defect in this command
  130, 143  interrupted (SIGINT, SIGTERM) before anything was known`,
  quoted: (text) => `“${text}”`,
  label: (text) => `${text}:`,

  misuse: {
    language: (given, known) => `There is no language ${given}: choose one of ${known.join(', ')}.`,
    command: (given) => `There is no command ${given}: choose explain, list or probe; see closecall --help.`,
    option: (given) => `There is no option ${given}; see closecall --help.`,
    otherCommand: (given, command) => `${given} is no option of ${command}; see closecall --help.`,
    noValue: (given) => `${given} needs a value; see closecall --help.`,
    needlessValue: (given) => `${given} takes no value.`,
    codes: (given) => `${given.length > 1 ? `${new Intl.ListFormat('en').format(given)} are no close codes` : `${given[0]} is no close code`}: that is a whole number from 0 to 65535, such as 1007.`,
    howManyCodes: 'explain takes one close code, or two to compare, such as closecall explain 1007 1013.',
    codeAndStatus: 'explain takes either close codes or --status alone, which no dialect speaks of.',
    dialectAndDialects: 'list takes either --dialect or --dialects.',
    status: (given) => `${given} is no HTTP status of a refused handshake: that is a whole number from 200 to 599, such as 503.`,
    dialect: (given) => `There is no dialect ${given}: closecall list --dialects names them.`,
    surplus: (given) => `list takes no ${given}, only options; closecall explain tells of one code.`,
    howManyURLs: 'probe takes one URL, such as closecall probe wss://example.com/live.',
    url: (given) => `${given} is no URL that a WebSocket can connect to: that is ws:// or wss:// with a host and without a fragment, such as wss://example.com/live.`,
    subprotocols: "--subprotocol takes one token, such as 'chat.v2', and each only once; repeat the option to offer several.",
    header: "--header takes 'Name: value', an HTTP field with visible characters only.",
    stableAfter: (given) => `--stable-after takes seconds from 1 to 3600, not ${given}.`,
  },

  yes: 'yes',
  no: 'no',
  kinds: {
    registered: 'registered',
    reserved: 'reserved',
    alias: "closecall’s alias",
    unassigned: 'unassigned',
    library: 'for libraries',
    private: 'private',
    illegal: 'no close code',
  },
  senders: {either: 'either side', client: 'clients only', server: 'servers only', nobody: 'nobody'},
  actions: {retry: 'retry', refresh: 'retry once with new credentials', stop: 'stop', end: 'end'},
  faults: {none: 'nobody', sender: 'what we sent', server: 'the server', network: 'the network', policy: 'missing permission', unknown: 'not known'},
  labels: {
    meaning: 'What it means',
    when: 'When you see it',
    fix: 'What to do',
    closecall: 'What closecall does',
    send: 'When to send it',
    kind: 'Kind',
    verdict: 'Verdict',
    sender: 'Sent by',
    wire: 'In close frames',
    closeAccepts: 'close() takes it',
    constant: 'Constant',
    registered: 'Registered as',
    reference: 'Reference',
    dialect: 'Dialect',
    more: 'More',
    plan: 'Plan',
    difference: 'Difference',
  },
  faultOf: (fault) => `at fault: ${fault}`,
  httpStatus: (status) => `HTTP ${status}`,
  perhapsStatus: (status) => `Did you mean the HTTP status? closecall explain --status ${status}`,
  services: (code, dialects) => `What services mean by ${code} (${dialects.join(', ')}): closecall explain ${code} --dialect NAME`,

  reasonMatches: 'where the reason matches',

  probe: {
    overWs: 'over ws',
    overNative: "Over the runtime’s own WebSocket, which shows neither status nor Retry-After of a refusal, and no pings: a plain HTTP request to the same address is asked instead. The package ws shows them: npx -p closecall -p ws closecall probe …",
    noWebSocket: 'This runtime has no WebSocket: npm install ws beside closecall, or run npx -p closecall -p ws closecall probe …',
    noHeaders: '--header needs the package ws: npm install ws beside closecall, or run npx -p closecall -p ws closecall probe …',
    connecting: 'connecting',
    again: (retry) => `connecting again, retry ${retry}`,
    open: 'open',
    subprotocol: (name) => `subprotocol ${name}`,
    noSubprotocol: 'no subprotocol',
    extensions: (names) => `extensions ${names}`,
    readAs: (dialect) => `codes are read as those of ${dialect}`,
    stable: (time) => `stable: open for ${time}`,
    closed: 'closed',
    refused: (status) => `refused with HTTP ${status}`,
    origins: {
      'connect-timeout': 'no answer within the connect timeout',
      'close-timeout': 'no answer to the closing handshake',
      provider: 'no address',
      setup: 'setting it up failed',
      constructor: 'the runtime refused to connect',
      heartbeat: 'no sign of life in time',
      stalled: 'was closing and did not end',
      page: 'the page was left',
      reconnect: 'left for a new connection',
    },
    lost: 'lost without a valid close frame',
    notOpened: 'no connection',
    leaving: 'closed from here',
    unanswered: 'closed from here, unanswered',
    after: (time) => `after ${time}`,
    messages: (count) => (count === 1 ? '1\u00a0message received' : `${count}\u00a0messages received`),
    next: (time) => `next attempt in ${time}`,
    wouldBe: (time) => `closecall would try again in ${time}`,
    asAsked: 'as the server asked',
    askedMore: (time) => `although the server asked for ${time}: that is more than closecall waits`,
    stops: {
      verdict: 'no further attempt: trying again does not help',
      strikes: 'no further attempt: it ended like this too often in a row',
      attempts: 'no further attempt: there were enough',
    },
    noCredentials: 'no further attempt: an application would ask for new credentials and try once more; probe has none to ask for',
    ends: 'no further attempt: the server is done',
    pattern: ({explanation, advice}) => `${explanation} ${advice}`,
    interrupted: 'interrupted',
    summary: (connections, retries, received) => `connections: ${connections}, retries: ${retries}, messages received: ${received}`,
  },
}

/** @param limit in words, for those that have one */
const patternsInFrench: Record<PatternName, (limit: string) => string> = {
  'idle-limit': (limit) => `Les connexions prennent fin après le même silence (${limit})\u00a0: le serveur, ou un intermédiaire, coupe ce qui est inactif. Des signaux de vie plus fréquents les gardent ouvertes.`,
  'lifetime-limit': (limit) => `Les connexions prennent fin au même âge (${limit})\u00a0: le serveur, ou un intermédiaire, limite leur durée de vie. Cherchez cette limite, ou tenez-en compte\u00a0: des signaux de vie n’y changent rien.`,
  'idle-or-lifetime-limit': (limit) => `Les connexions prennent fin au même âge et après le même silence (${limit})\u00a0: le serveur, ou un intermédiaire, coupe ce qui est inactif ou limite leur durée de vie. Essayez des signaux de vie plus fréquents.`,
  'rejected-after-open': () => 'Le serveur accepte les connexions puis les ferme aussitôt. Si le code dit une surcharge ou un redémarrage, laissez-lui du temps\u202f; sinon, voyez ce qu’il vérifie une fois la connexion ouverte (identifiants, premier message), et son journal.',
  'suspect-send': () => 'Les connexions se perdent juste après l’envoi du même message. Examinez ce message, et le journal du serveur.',
  'heartbeat-unanswered': () => 'Le serveur n’a jamais répondu aux signaux de vie\u00a0: peut-être ne sait-il pas y répondre.',
  'held-by-browser': () => 'Le navigateur a peut-être retenu la tentative lui-même.',
}

const fr: Words = {
  help: `closecall dit pourquoi un WebSocket s’est fermé, et que faire.

  closecall explain CODE [CODE]      le sens d’un code, ou deux codes comparés
  closecall explain --status STATUT  de même pour le statut HTTP d’un refus
  closecall list                     tous les codes, et ce que fait closecall
  closecall list --dialects          les services dont les codes sont connus
  closecall probe URL                se connecte, et raconte ce qui se passe

Options
  --lang LANGUE           en, fr. Par défaut\u00a0: en
  --json                  pour les programmes\u202f; probe écrit un objet par ligne
  --dialect NOM           lire les codes privés comme ce service les entend.
                          Par défaut pour probe\u00a0: selon le sous-protocole
  --help, --version

Options de probe
  --subprotocol NOM       le proposer\u202f; peut être répété
  --header 'NOM: VALEUR'  l’envoyer à l’ouverture\u202f; peut être répété\u202f;
                          nécessite ws
  --stable-after SECONDES ouverte ce temps, tout va bien. Par défaut\u00a0: 10
  --watch                 se reconnecter comme un client, jusqu’à interruption

Codes de sortie
  0  expliqué\u202f; la connexion va bien, ou a été fermée comme il se doit
  1  le serveur a fermé ou refusé pour de bon\u00a0: réessayer n’y change rien
  2  mauvaise utilisation
  3  fermé, refusé ou injoignable, et il convient de réessayer
  4  il faut le paquet ws, qui n’est pas installé
  5  la sortie n’a pas pu être écrite
  70  un défaut de cette commande
  130, 143  interrompu (SIGINT, SIGTERM) avant de savoir quoi que ce soit`,
  quoted: (text) => `«\u00a0${text}\u00a0»`,
  label: (text) => `${text}\u00a0:`,

  misuse: {
    language: (given, known) => `Il n’y a pas de langue ${given}\u00a0: choisissez parmi ${known.join(', ')}.`,
    command: (given) => `Il n’y a pas de commande ${given}\u00a0: choisissez explain, list ou probe\u202f; voir closecall --help.`,
    option: (given) => `Il n’y a pas d’option ${given}\u202f; voir closecall --help.`,
    otherCommand: (given, command) => `${given} n’est pas une option de ${command}\u202f; voir closecall --help.`,
    noValue: (given) => `${given} attend une valeur\u202f; voir closecall --help.`,
    needlessValue: (given) => `${given} ne prend pas de valeur.`,
    codes: (given) =>
      `${given.length > 1 ? `${new Intl.ListFormat('fr').format(given)} ne sont pas des codes de fermeture` : `${given[0]} n’est pas un code de fermeture`}\u00a0: c’est un nombre entier de 0 à 65535, comme 1007.`,
    howManyCodes: 'explain prend un code de fermeture, ou deux à comparer, par exemple closecall explain 1007 1013.',
    codeAndStatus: 'explain prend soit des codes de fermeture, soit --status seul, dont aucun dialecte ne parle.',
    dialectAndDialects: 'list prend soit --dialect, soit --dialects.',
    status: (given) => `${given} n’est pas le statut HTTP d’une connexion refusée\u00a0: c’est un nombre entier de 200 à 599, comme 503.`,
    dialect: (given) => `Il n’y a pas de dialecte ${given}\u00a0: closecall list --dialects les énumère.`,
    surplus: (given) => `list ne prend pas ${given}, seulement des options\u202f; closecall explain parle d’un seul code.`,
    howManyURLs: 'probe prend une URL, par exemple closecall probe wss://example.com/live.',
    url: (given) => `${given} n’est pas une URL à laquelle un WebSocket peut se connecter\u00a0: c’est ws:// ou wss:// avec un hôte et sans fragment, comme wss://example.com/live.`,
    subprotocols: "--subprotocol prend un nom de sous-protocole, comme 'chat.v2', et chacun une seule fois\u202f; répétez l’option pour en proposer plusieurs.",
    header: "--header prend 'Nom: valeur', un champ HTTP fait de caractères visibles.",
    stableAfter: (given) => `--stable-after prend un nombre de secondes de 1 à 3600, pas ${given}.`,
  },

  yes: 'oui',
  no: 'non',
  kinds: {
    registered: 'enregistré',
    reserved: 'réservé',
    alias: 'alias de closecall',
    unassigned: 'non attribué',
    library: 'pour les bibliothèques',
    private: 'privé',
    illegal: 'code non valide',
  },
  senders: {either: "l’un ou l’autre", client: 'le client seul', server: 'le serveur seul', nobody: 'personne'},
  actions: {retry: 'réessayer', refresh: 'réessayer une fois avec de nouveaux identifiants', stop: 'arrêter', end: 'terminer'},
  faults: {none: 'personne', sender: 'ce que nous avons envoyé', server: 'le serveur', network: 'le réseau', policy: 'une autorisation manquante', unknown: 'inconnu'},
  labels: {
    meaning: 'Ce que cela signifie',
    when: 'Quand cela arrive',
    fix: 'Que faire',
    closecall: 'Ce que fait closecall',
    send: "Quand l’envoyer",
    kind: 'Type',
    verdict: 'Verdict',
    sender: 'Envoyé par',
    wire: 'Dans les trames',
    closeAccepts: 'Admis par close()',
    constant: 'Constante',
    registered: 'Enregistré comme',
    reference: 'Référence',
    dialect: 'Dialecte',
    more: 'Voir',
    plan: 'Suite',
    difference: 'Différence',
  },
  faultOf: (fault) => `en cause\u00a0: ${fault}`,
  httpStatus: (status) => `HTTP ${status}`,
  perhapsStatus: (status) => `Pensiez-vous au statut HTTP\u202f? closecall explain --status ${status}`,
  services: (code, dialects) => `Ce que des services entendent par ${code} (${dialects.join(', ')})\u00a0: closecall explain ${code} --dialect NOM`,

  reasonMatches: 'si le motif correspond à',

  probe: {
    overWs: 'par ws',
    overNative: "Par le WebSocket de l’environnement, qui ne montre ni le statut ni le Retry-After d’un refus, ni les pings\u00a0: une simple requête HTTP à la même adresse y supplée. Le paquet ws les montre\u00a0: npx -p closecall -p ws closecall probe …",
    noWebSocket: "Cet environnement n’a pas de WebSocket\u00a0: npm install ws à côté de closecall, ou npx -p closecall -p ws closecall probe …",
    noHeaders: '--header nécessite le paquet ws\u00a0: npm install ws à côté de closecall, ou npx -p closecall -p ws closecall probe …',
    connecting: 'connexion',
    again: (retry) => `nouvelle connexion, essai ${retry}`,
    open: 'ouverte',
    subprotocol: (name) => `sous-protocole ${name}`,
    noSubprotocol: 'sans sous-protocole',
    extensions: (names) => `extensions ${names}`,
    readAs: (dialect) => `codes lus comme ceux de ${dialect}`,
    stable: (time) => `stable\u00a0: ouverte depuis ${time}`,
    closed: 'fermée',
    refused: (status) => `refusée avec HTTP ${status}`,
    origins: {
      'connect-timeout': 'pas de réponse dans le délai de connexion',
      'close-timeout': 'pas de réponse à la fermeture',
      provider: "pas d’adresse",
      setup: 'la mise en place a échoué',
      constructor: "l’environnement a refusé de se connecter",
      heartbeat: 'pas de signe de vie à temps',
      stalled: 'était en cours de fermeture, sans aboutir',
      page: 'la page a été quittée',
      reconnect: 'quittée pour une nouvelle connexion',
    },
    lost: 'perdue sans trame de fermeture valide',
    notOpened: 'pas de connexion',
    leaving: 'fermée d’ici',
    unanswered: 'fermée d’ici, sans réponse',
    after: (time) => `après ${time}`,
    messages: (count) => (count > 1 ? `${count}\u00a0messages reçus` : `${count}\u00a0message reçu`),
    next: (time) => `prochain essai dans ${time}`,
    wouldBe: (time) => `closecall réessaierait dans ${time}`,
    asAsked: 'comme le serveur le demande',
    askedMore: (time) => `bien que le serveur demande ${time}\u00a0: c’est plus que closecall n’attend`,
    stops: {
      verdict: "aucun nouvel essai\u00a0: réessayer n’y change rien",
      strikes: "aucun nouvel essai\u00a0: trop de fins identiques d’affilée",
      attempts: "aucun nouvel essai\u00a0: il y en a eu assez",
    },
    noCredentials: "aucun nouvel essai\u00a0: une application demanderait de nouveaux identifiants et réessaierait une fois\u202f; probe n’en a pas",
    ends: "aucun nouvel essai\u00a0: le serveur a terminé",
    pattern: ({name, limit = 0, explanation, advice}) => (Object.hasOwn(patternsInFrench, name) ? patternsInFrench[name as PatternName](`${Math.round(limit / 1000)}\u00a0s`) : `${explanation} ${advice}`),
    interrupted: 'interrompu',
    summary: (connections, retries, received) => `connexions\u00a0: ${connections}, nouveaux essais\u00a0: ${retries}, messages reçus\u00a0: ${received}`,
  },
}

export const languages: Readonly<Record<Language, Words>> = {en, fr}

/** `fr` for `fr`, `fr-CA` and `fr_FR.UTF-8`. */
export const languageNamed = (tag: string): Language | undefined => (Object.keys(languages) as Language[]).find((language) => tag.toLowerCase().split(/[-_]/)[0] === language)
