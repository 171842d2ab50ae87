// Que signifie chaque fermeture, en français ? Written with plain spaces; `typeset` makes them those of French typography.

import type {Language} from './language.ts'

let format: Intl.NumberFormat | undefined
const number = (value: number): string => (format ??= new Intl.NumberFormat('fr', {maximumFractionDigits: 3})).format(value)

const seconds = (ms: number): string => `${number(ms / 1000)} s`

const askServer = 'Demandez au responsable du serveur ce qu’il veut dire, et qu’il le dise par un code de 4000 à 4999.'
const ownCode = 'Jamais ; vos propres codes commencent à 4000.'
const lookUp = 'Consultez la documentation du service ; choisissez son dialecte dans `closecall/dialects`, ou définissez-en un.'
const freshToken = 'Obtenez de nouveaux identifiants et reconnectez-vous ; s’ils sont refusés eux aussi, arrêtez.'
const elsewhere = 'Certains services lui donnent un autre sens.'

export const fr: Language = {
  codes: {
    1000: {
      name: 'Fermeture normale',
      gist: 'une fin voulue',
      description: 'La connexion a rempli son office, et l’un des deux côtés y a mis fin.',
      whenYouSee: 'Après votre propre `close()`, ou quand le serveur a terminé. Certains serveurs l’envoient aussi après un délai d’inactivité ou à leur arrêt.',
      howToFix: "Rien. Si un serveur l’envoie mais attend votre retour, choisissez `onNormalClosure: 'retry'`.",
      whenToSend: 'Quand il ne reste rien à faire.',
    },
    1001: {
      name: 'Départ',
      gist: 'un départ',
      description: 'L’autre côté s’en va : un serveur s’arrête, ou une page est quittée.',
      whenYouSee: 'Lors des déploiements, et aux limites d’inactivité ou de durée des passerelles ; côté serveur, quand l’utilisateur quitte la page.',
      howToFix: 'Reconnectez-vous et rétablissez les abonnements. À intervalles réguliers, c’est une limite : envoyez des signaux de vie, ou remplacez la connexion à temps.',
      whenToSend: 'Quand vous vous arrêtez, ou fermez une connexion devenue trop ancienne. 1012 dit que vous revenez dans un instant.',
    },
    1002: {
      name: 'Erreur de protocole',
      gist: 'une entorse au protocole',
      description: 'Le côté qui ferme a reçu des octets contraires aux règles du protocole WebSocket.',
      whenYouSee: 'Avec un proxy qui altère le flux, un défaut dans une bibliothèque de l’un des côtés, ou une compression défaillante. Certains serveurs l’envoient après un délai d’inactivité.',
      howToFix: 'Essayez sans proxy ni compression, et mettez à jour les bibliothèques des deux côtés.',
      whenToSend: 'Laissez-le à votre bibliothèque WebSocket.',
    },
    1003: {
      name: 'Données non prises en charge',
      gist: 'un message du mauvais type',
      description: 'Le côté qui ferme n’accepte pas ce type de message : le plus souvent, des octets là où il attend du texte.',
      whenYouSee: 'Quand des données binaires vont à une API qui parle texte, ou l’inverse.',
      howToFix: 'Envoyez ce que documente l’API : le texte sous forme de chaîne, les octets dans un `ArrayBuffer`.',
      whenToSend: 'Quand un message est du texte et que vous n’acceptez que des octets, ou l’inverse. Si seul son contenu ne convient pas, répondez par un message.',
    },
    1004: {
      name: 'Réservé',
      gist: 'un code sans signification',
      description: 'Mis de côté par la RFC 6455, qui ne lui donne aucun sens.',
      whenYouSee: 'De la part d’un serveur qui a inventé ses codes, ou les a tirés d’une version provisoire de la norme.',
      howToFix: askServer,
      whenToSend: ownCode,
    },
    1005: {
      name: 'Aucun code reçu',
      gist: 'une fermeture sans code',
      description: 'La trame de fermeture ne portait aucun code. Ce nombre en tient lieu et n’est jamais envoyé.',
      whenYouSee: 'Quand le serveur, ou ce programme, a appelé `close()` sans argument.',
      howToFix: 'Faites en sorte que le serveur donne un code et un motif.',
      whenToSend: 'Jamais ; donnez un code.',
    },
    1006: {
      name: 'Fermeture anormale',
      gist: 'une connexion perdue',
      description: 'La connexion a pris fin sans trame de fermeture, ou n’a jamais abouti. Ce nombre en tient lieu et n’est jamais envoyé.',
      whenYouSee: 'En cas de réseau perdu, d’appareil mis en veille, de proxy qui coupe les connexions inactives, de serveur en panne, de demande de connexion refusée, ou de données que le navigateur a rejetées. Un navigateur ne dit pas laquelle de ces causes est la bonne.',
      howToFix: 'Envoyez des signaux de vie. Si la connexion ne s’ouvre jamais, vérifiez l’adresse, le certificat et le statut HTTP hors du navigateur. Si sa fin suit chaque fois le même message, soupçonnez-le : beaucoup de serveurs coupent la connexion au lieu de dire 1007.',
      whenToSend: 'Jamais ; dites pourquoi dans une trame de fermeture.',
    },
    1007: {
      name: 'Contenu de message invalide',
      gist: 'une erreur de l’expéditeur',
      description: 'Un message n’était pas ce qu’il prétendait être : du texte dont les octets ne sont pas de l’UTF-8, ou des données compressées impossibles à décompresser.',
      whenYouSee: 'Avec des octets dans une trame de texte, un caractère coupé en deux, un relais qui transmet des octets comme du texte, une compression défaillante, ou une API qui dit 1007 pour « requête incorrecte ». Un navigateur envoie tout texte en UTF-8 valide : il ne reste alors que les trois dernières causes.',
      howToFix: 'Examinez les derniers messages envoyés : les octets vont dans des trames binaires, et un texte encodé ne se coupe pas au milieu d’un caractère. Lisez le motif de fermeture, et essayez sans compression. Le même message échouera de nouveau.',
      whenToSend: 'Quand un texte n’est pas de l’UTF-8, ou qu’un message ne se décompresse pas ; ni pour un contenu que vous refusez, ni pour une surcharge.',
    },
    1008: {
      name: 'Règle enfreinte',
      gist: 'un refus pour une règle non précisée',
      description: 'Une règle du côté qui ferme a été enfreinte, pour laquelle il n’y a pas de meilleur code, ou qu’il vaut mieux taire.',
      whenYouSee: 'Avec des identifiants absents ou expirés, une origine non autorisée, une limite de débit ou de connexions, une session disparue.',
      howToFix: 'Lisez le motif de fermeture. Renouvelez une fois les identifiants ; si le refus revient aussitôt, arrêtez.',
      whenToSend: 'Quand aucun autre code ne convient : 1003, 1009, 3000 et 3003 en disent plus, et 1013 est fait pour les limites passagères.',
    },
    1009: {
      name: 'Message trop volumineux',
      gist: 'un message au-delà de la limite',
      description: 'Un message est plus grand que ce qu’accepte le côté qui ferme.',
      whenYouSee: 'Avec de gros documents ou fichiers en un seul message. Les limites varient : 128 ko chez AWS API Gateway, 100 Mio dans `ws`.',
      howToFix: 'Découpez ou compressez le message, ou envoyez-le par HTTP. Écartez-le de toute file d’attente qui le renverrait.',
      whenToSend: 'Quand un message dépasse votre limite, que vous documentez.',
    },
    1010: {
      name: 'Extension obligatoire',
      gist: 'une extension manquante',
      description: 'Le client ne peut se passer d’une extension que le serveur n’a pas acceptée.',
      whenYouSee: 'Presque jamais : les navigateurs n’exigent aucune extension. De la part de clients natifs, ou d’un serveur qui se trompe.',
      howToFix: 'Activez l’extension sur le serveur, ou passez-vous-en.',
      whenToSend: 'Seulement en tant que client, avec pour motif les extensions manquantes ; un serveur refuse plutôt la demande de connexion.',
    },
    1011: {
      name: 'Erreur interne',
      gist: 'une défaillance du serveur',
      description: 'Le côté qui ferme, en général un serveur, a rencontré une situation qu’il ne savait pas traiter.',
      whenYouSee: 'Avec une exception dans le code du serveur, une échéance dépassée, ou, chez les serveurs Python, un pong de votre part arrivé trop tard.',
      howToFix: 'Réessayez. Si le même message précède toujours la fermeture, signalez-le au responsable du serveur. Si le motif parle de keepalive, cherchez ce qui bloque votre boucle d’événements.',
      whenToSend: 'Quand votre code a échoué et qu’aucun autre code ne le dit mieux.',
    },
    1012: {
      name: 'Redémarrage du service',
      gist: 'un redémarrage',
      description: 'Le service redémarre et sera bientôt de retour.',
      whenYouSee: 'Lors des déploiements ; uvicorn et Phoenix l’envoient à leur arrêt.',
      howToFix: 'Reconnectez-vous après une pause aléatoire, pour que tout le monde ne revienne pas à la fois, et rétablissez les abonnements.',
      whenToSend: 'Quand vous redémarrez. Les clients sont invités à revenir après une pause aléatoire de 5 à 30 s.',
    },
    1013: {
      name: 'Réessayez plus tard',
      gist: 'une surcharge passagère',
      description: 'Le service fonctionne, mais ne veut pas de vous pour l’instant : il a trop à faire.',
      whenYouSee: 'En cas de délestage, de plafond de connexions atteint, ou de maintenance d’une partie du service.',
      howToFix: 'Patientez et revenez, après une pause chaque fois plus longue, avec une part de hasard, ou quand le serveur le dit. Si cela dure : moins de connexions, une autre adresse, plus de capacité. L’enregistrement du code est plus strict : une autre adresse, ou la demande de l’utilisateur.',
      whenToSend: 'Quand vous avez trop à faire pour l’instant. `retry-after=30` dans le motif dit quand revenir.',
    },
    1014: {
      name: 'Passerelle en échec',
      gist: 'une défaillance derrière une passerelle',
      description: 'Une passerelle n’a pas obtenu de réponse valide du serveur situé derrière elle, comme avec HTTP 502.',
      whenYouSee: 'Quand un serveur derrière une passerelle est arrêté ou redémarre.',
      howToFix: 'Réessayez. Si cela dure, voyez les journaux de la passerelle et le serveur derrière elle.',
      whenToSend: 'En tant que passerelle, quand le serveur derrière vous est en échec.',
    },
    1015: {
      name: 'Négociation TLS',
      gist: 'un échec de la négociation TLS',
      description: 'Le canal chiffré n’a pas pu être établi. Ce nombre en tient lieu et n’est jamais envoyé.',
      whenYouSee: 'Dans certains clients natifs, avec des certificats expirés, autosignés ou destinés à un autre hôte. Les navigateurs disent 1006.',
      howToFix: 'Corrigez la chaîne de certificats ou le nom d’hôte ; vérifiez l’horloge de l’appareil et les proxys qui inspectent le trafic.',
      whenToSend: 'Jamais.',
    },
    3000: {
      name: 'Non authentifié',
      gist: 'une absence d’identifiants valides',
      description: 'Les identifiants sont absents ou non valides, comme avec HTTP 401.',
      whenYouSee: `Avec un jeton absent, mal formé ou expiré. ${elsewhere}`,
      howToFix: freshToken,
      whenToSend: 'Quand les identifiants sont absents ou non valides, et que de nouveaux suffiraient.',
    },
    3003: {
      name: 'Interdit',
      gist: 'un manque d’autorisation',
      description: 'Vous êtes connu, mais n’avez pas le droit de faire cela, comme avec HTTP 403.',
      whenYouSee: `Avec une offre, un rôle, un salon ou une origine qui ne convient pas. ${elsewhere}`,
      howToFix: 'Obtenez l’autorisation, ou demandez autre chose.',
      whenToSend: 'Quand de nouveaux identifiants n’y changeraient rien.',
    },
    3008: {
      name: 'Délai dépassé',
      gist: 'une réponse arrivée trop tard',
      description: 'Quelque chose a pris trop de temps, comme avec HTTP 408.',
      whenYouSee: `Avec un message de connexion ou un signal de vie de l’application qui arrive trop tard. ${elsewhere}`,
      howToFix: 'Réessayez, et répondez plus tôt : cherchez ce qui bloque votre boucle d’événements, ou un onglet ralenti.',
      whenToSend: 'Quand le client n’a pas fait à temps ce que demande votre protocole.',
    },
  },

  kinds: {
    illegal: {
      name: 'Code non valide',
      gist: 'un nombre qui n’est pas un code de fermeture',
      description: 'Ce n’est pas un code de fermeture : ils vont de 1000 à 4999.',
      whenYouSee: 'De la part d’un serveur qui l’a inventé ; certains navigateurs le transmettent. De 100 à 599, il peut s’agir d’un statut HTTP.',
      howToFix: askServer,
      whenToSend: ownCode,
    },
    unassigned: {
      name: 'Code non attribué',
      gist: 'un code que personne n’a défini',
      description: 'Réservé au protocole et à ses extensions, qui ne lui donnent encore aucun sens.',
      whenYouSee: 'De la part d’un serveur qui l’a inventé, ou qui connaît une norme plus récente.',
      howToFix: askServer,
      whenToSend: ownCode,
    },
    library: {
      name: 'Code de bibliothèque',
      gist: 'un code propre à une bibliothèque',
      description: 'Pour les bibliothèques, frameworks et applications, qui enregistrent ces codes auprès de l’IANA. Aucun enregistrement de celui-ci n’est connu.',
      whenYouSee: 'De la part d’un service qui a ses propres codes.',
      howToFix: lookUp,
      whenToSend: 'Quand votre bibliothèque le définit et l’enregistre ; les applications emploient 4000 à 4999.',
    },
    private: {
      name: 'Code privé',
      gist: 'un code propre à un service',
      description: 'Pour les accords entre un service et ses clients. Il ne peut être enregistré, et chaque service lui donne son propre sens.',
      whenYouSee: 'De la part d’un service qui a ses propres codes.',
      howToFix: lookUp,
      whenToSend: 'Avec le sens que documente votre service.',
    },
  },

  statuses: {
    401: {
      name: 'Non authentifié',
      description: 'La demande de connexion a été refusée : les identifiants sont absents ou non valides.',
      whenYouSee: 'Avec un jeton ou un cookie absent ou expiré. Dans un navigateur, les identifiants passent par les cookies, l’URL ou un sous-protocole : la demande ne porte aucun de vos en-têtes.',
      howToFix: freshToken,
      whenToSend: 'Quand les identifiants sont absents ou non valides, et que de nouveaux suffiraient.',
    },
    403: {
      name: 'Interdit',
      description: 'La demande de connexion a été refusée : vous n’y avez pas droit.',
      whenYouSee: 'Avec une origine absente de la liste du serveur, une autorisation manquante, ou un pare-feu.',
      howToFix: 'Faites autoriser l’origine, ou obtenez l’autorisation.',
      whenToSend: 'Quand de nouveaux identifiants n’y changeraient rien.',
    },
    407: {
      name: 'Authentification exigée par un proxy',
      description: 'Un proxy sur le chemin demande des identifiants.',
      whenYouSee: 'Dans les réseaux d’entreprise.',
      howToFix: 'Donnez-les au proxy : dans les réglages du système, ou par `agent`.',
      whenToSend: 'En tant que proxy.',
    },
    408: {
      name: 'Délai de la requête dépassé',
      description: 'La demande de connexion n’est pas arrivée à temps au serveur.',
      whenYouSee: 'Sur un réseau lent.',
      howToFix: 'Réessayez.',
      whenToSend: 'Quand la demande de connexion n’arrive pas à temps.',
    },
    425: {
      name: 'Trop tôt',
      description: 'La demande de connexion est partie avant que TLS soit établi, et pourrait être rejouée.',
      whenYouSee: 'Avec les données anticipées (early data) de TLS 1.3.',
      howToFix: 'Réessayez : la prochaine demande attendra TLS.',
      whenToSend: 'Quand la demande est arrivée en données anticipées.',
    },
    429: {
      name: 'Trop de requêtes',
      description: 'Il y a eu trop de demandes de connexion en trop peu de temps.',
      whenYouSee: 'Quand une limite de débit du compte ou de l’adresse est atteinte.',
      howToFix: 'Attendez aussi longtemps que le dit `Retry-After`, et connectez-vous moins souvent.',
      whenToSend: 'Quand un client demande trop souvent ; dites dans `Retry-After` quand revenir.',
    },
    '2xx': {
      name: 'Pas un WebSocket',
      description: 'L’adresse répond, mais pas comme un WebSocket.',
      whenYouSee: 'Avec un mauvais chemin, une page d’identification, ou un proxy qui ne transmet pas `Upgrade`.',
      howToFix: 'Vérifiez l’adresse, et faites transmettre `Upgrade` et `Connection` par les proxys.',
      whenToSend: 'Jamais : il dit que tout va bien.',
    },
    '3xx': {
      name: 'Redirection',
      description: 'Le serveur redirige la demande de connexion, ce que les navigateurs ne suivent pas.',
      whenYouSee: 'Avec `http:` au lieu de `https:`, une barre oblique manquante, ou une page d’identification.',
      howToFix: 'Connectez-vous à l’adresse finale.',
      whenToSend: 'Presque jamais : un client n’est pas tenu de suivre.',
    },
    '4xx': {
      name: 'Refusé',
      description: 'Le serveur a refusé la demande de connexion : quelque chose y est incorrect.',
      whenYouSee: 'Avec un mauvais chemin (404), un `Upgrade` absent ou une autre version (426), ou un mauvais en-tête (400).',
      howToFix: 'Vérifiez l’adresse, le chemin, les sous-protocoles et les en-têtes.',
      whenToSend: 'Quand la même demande serait refusée de nouveau.',
    },
    '5xx': {
      name: 'Erreur du serveur',
      description: 'Le serveur, ou une passerelle devant lui, n’a pas pu prendre la connexion.',
      whenYouSee: 'En cas de surcharge ou de maintenance (503), de serveur arrêté (502) ou lent (504) derrière une passerelle, ou de défaut (500).',
      howToFix: 'Patientez et revenez, après une pause chaque fois plus longue, ou comme le dit `Retry-After`.',
      whenToSend: '503 avec `Retry-After`, quand vous avez trop à faire pour l’instant.',
    },
  },

  situations: {
    unopened: {
      name: 'Jamais ouverte',
      gist: 'une connexion jamais ouverte',
      description: 'La connexion ne s’est jamais ouverte. Un navigateur ne dit pas pourquoi.',
      whenYouSee: 'En cas de mauvaise adresse, d’absence de réseau ou de port fermé ; à cause du DNS, de TLS, d’une politique de sécurité du contenu, ou d’une réponse HTTP comme 401 ou 503.',
      howToFix: 'Partez de l’erreur, si l’environnement la nomme. Un navigateur la tait : essayez l’adresse avec `npx closecall probe`, ou laissez `closecall/probe` trouver le statut HTTP.',
    },
    heartbeat: {
      name: 'Aucun signe de vie',
      gist: 'une connexion muette',
      description: 'Le serveur n’a pas donné signe de vie à temps, et la connexion a été abandonnée.',
      whenYouSee: 'Après un changement de réseau ou une mise en veille de l’appareil, ou avec un serveur bloqué ou qui ne répond pas aux signaux de vie.',
      howToFix: 'Si cela revient régulièrement, assurez-vous que le serveur répond à `heartbeat.message`, ou laissez-lui plus de temps.',
    },
    provider: {
      name: 'Aucune adresse',
      gist: 'une adresse impossible à obtenir',
      description: 'La fonction `url`, `protocols` ou `credentials` a échoué ou pris trop de temps ; aucun socket n’a été ouvert.',
      whenYouSee: 'Quand elle lève une exception, rejette sa promesse, ou renvoie autre chose qu’une adresse.',
      howToFix: 'Corrigez la fonction, ou ce qu’elle interroge.',
    },
    setup: {
      name: 'Mise en place échouée',
      gist: 'une connexion qui n’a pas pu être mise en place',
      description: 'La connexion était ouverte, mais la fonction `onOpen` a échoué ou a pris trop de temps ; elle a donc été abandonnée.',
      whenYouSee: 'Quand elle lève une exception ou rejette : le serveur n’a pas accepté l’identification, ou n’y a pas répondu.',
      howToFix: 'Partez de l’erreur. Si l’identification a été refusée, demandez de nouveaux identifiants ; si elle est longue, augmentez `connectTimeout`.',
    },
    constructor: {
      name: 'Impossible ici',
      gist: 'un refus de l’environnement',
      description: 'L’environnement d’exécution a refusé de créer le socket.',
      whenYouSee: 'Avec une adresse `ws:` dans une page servie en `https:`, une politique de sécurité du contenu, ou un mauvais sous-protocole.',
      howToFix: 'Employez `wss:`, faites autoriser l’adresse par `connect-src`, et lisez le message de l’erreur.',
    },
  },

  alias: (code, {description, whenYouSee}) => ({
    description: `Le double de ${code}, pour les clients qui ne voient jamais ${code} lui-même. ${description}`,
    whenYouSee: `De la part de serveurs qui emploient \`closecall/server\` ; d’autres peuvent lui donner un autre sens. ${whenYouSee}`,
    whenToSend: `À la place de ${code} là où les clients ne le voient jamais : WebKitGTK en fait un 1006.`,
  }),
  dialect: (title) => ({
    whenYouSee: `Chez ${title}. Ailleurs, le code peut avoir un autre sens.`,
    whenToSend: `Quand vous servez des clients de ${title} et que c’est ce que vous voulez dire.`,
  }),
  named: (name) => `« ${name} »`,
  // Dialects are written in English: a quotation.
  meaning: (text) => `Sens donné au code : « ${text.replace(/\.$/, '')} ».`,
  remedies: {
    none: 'Rien.',
    sender: 'Corrigez ce que ce programme envoie : la même chose échouera de nouveau.',
    server: 'Revenez, après une pause chaque fois plus longue. Si cela dure, prévenez le responsable du serveur.',
    network: 'Reconnectez-vous. Si cela dure, voyez ce qui se trouve sur le chemin.',
    policy: 'Obtenez les identifiants ou l’autorisation nécessaires.',
    unknown: 'Consultez la documentation du service.',
  },
  faults: {
    none: 'Personne.',
    sender: 'L’expéditeur : ce que ce programme a envoyé a été refusé.',
    server: 'Le serveur : il n’a pas pu continuer.',
    network: 'Le réseau, ou ce qui se trouve sur le chemin.',
    policy: 'La personne qui peut accorder ce que le serveur ne permet pas.',
    unknown: 'On ne le sait pas.',
  },

  does: {
    end: 'closecall reste fermé.',
    stop: 'closecall s’arrête aussitôt et le signale.',
    refresh: 'closecall demande de nouveaux identifiants et réessaie aussitôt. Après un second refus d’affilée, ou si personne ne peut en donner, il s’arrête et le signale.',
    retry: (pause) => `closecall réessaie ${pause}.`,
    limit: (budget) => `Après ${number(budget)} fois d’affilée, il s’arrête et le signale.`,
    hint: 'Si le serveur dit quand revenir, cela passe avant.',
    rotate: 'S’il y a plusieurs adresses, il essaie la suivante dans la seconde.',
    report: 'Il signale chaque cas.',
    evidence: 'Le rapport décrit les derniers messages envoyés.',
  },
  pauses: {
    growing: ({first, factor, most, jitter}) => {
      if (jitter === 'decorrelated') return `au bout d’une durée tirée entre ${seconds(first)} et le triple de la précédente, ${seconds(most)} au plus`
      const steady = factor === 1 || first === most
      const growth = steady ? '' : `, délai ${factor === 2 ? 'doublé' : `multiplié par ${number(factor)}`} à chaque échec jusqu’à ${seconds(most)}`
      const chance =
        jitter === 'none' || jitter === 0 ? ''
        : typeof jitter === 'number' ? `à ±${number(jitter * 100)} % près`
        : jitter === 'full' ? 'en tirant chaque fois entre 0 et cette valeur'
        : 'en tirant chaque fois entre la moitié de cette valeur et sa totalité'
      return `au bout de ${seconds(first)}${growth}${chance && `, ${chance}`}`
    },
    drawn: (least, most) => `après une pause tirée au hasard entre ${seconds(least)} et ${seconds(most)}`,
    prompt: (most) => (most ? `dans les ${seconds(most)}` : 'aussitôt'),
    hinted: (least, most) => `${least === most ? `${seconds(least)} plus tard` : `entre ${number(least / 1000)} et ${seconds(most)} plus tard`}, comme le demande le serveur`,
    afterwards: (first, later) => `${first} ; en cas d’échec, ${later}`,
  },

  aspects: {
    meaning: 'Ce que cela signifie',
    fault: 'À qui la faute',
    when: 'Quand cela arrive',
    closecall: 'Ce que fait closecall',
    fix: 'Que faire',
    use: 'Quand l’envoyer',
  },
  outlooks: {
    end: 'qui n’appelle aucune action',
    stop: 'qu’aucun nouvel essai ne corrige',
    refresh: 'dont de nouveaux identifiants peuvent venir à bout',
    retry: 'dont des essais de plus en plus espacés viennent à bout',
    few: 'dont quelques essais peuvent venir à bout',
  },
  outlooksOfBoth: {
    end: 'Aucun des deux n’appelle d’action.',
    stop: 'Réessayer ne corrige ni l’un ni l’autre.',
    refresh: 'De nouveaux identifiants peuvent venir à bout de l’un comme de l’autre.',
    retry: 'Des essais de plus en plus espacés viennent à bout de l’un comme de l’autre.',
    few: 'Quelques essais peuvent venir à bout de l’un comme de l’autre.',
  },
  summaries: {
    differ: ([left, ...leftIs], [right, ...rightIs]) => `${left} est ${leftIs.join(', ')} ; ${right} est ${rightIs.join(', ')}.`,
    same: (left, right) => (left === right ? `Les deux sont ${left} : il n’y a aucune différence.` : `${left} et ${right} ont ici le même sens.`),
  },

  // A narrow no-break space before ; ! ?, a no-break one before a colon and a unit and inside quotation marks.
  typeset: (text) =>
    text
      .replace(/ (?=[;!?])/g, '\u202f')
      .replace(/ (?=[:»])/g, '\u00a0')
      .replace(/« /g, '«\u00a0')
      .replace(/(\d) (?=(?:s|%|ko|Mio)(?![\p{L}]))/gu, '$1\u00a0'),
}
