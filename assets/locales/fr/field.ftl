# Les connexions et leurs messages
connection-address = Adresse
connection-since = Dans cet état depuis
connection-next = Prochain essai dans
connection-attempts = Essais
connection-rate = Par seconde
connection-per-second = { $messages } messages, { $bytes } octets
connection-latency = Répond en
connection-try = Tester
connection-start = Démarrer
connection-stop = Arrêter
connection-edit = Modifier
connection-works = L’autre côté répond et nous laisse entrer.
trace = Derniers messages
trace-note = Tant que vous regardez ; les secrets sont couverts
trace-pause = Suspendre
trace-none = Aucun message depuis que vous regardez.
trace-elsewhere = Elle ne tourne pas ici : elle est arrêtée, ou un autre serveur la fait tourner.
trace-when = Quand
trace-way = Sens
trace-in = reçu
trace-out = envoyé
trace-source = Source
trace-raw = Message
trace-decoded = Compris comme

# Le navigateur d’appareils
browser = Appareils derrière cette connexion
browser-open = Découvrir les appareils
browser-look = Chercher
browser-stop = Arrêter la recherche
browser-before = Personne n’a encore cherché. Chercher n’écrit rien dans les appareils.
browser-looking = { $n ->
    [one] Recherche : { $count } appareil jusqu’ici.
   *[other] Recherche : { $count } appareils jusqu’ici.
  }
browser-found = { $n ->
    [one] { $count } appareil trouvé.
   *[other] { $count } appareils trouvés.
  }
browser-progress = Avancement
browser-devices = Appareils trouvés
browser-adopt = Adopter
browser-adopted = Dans le modèle
browser-site = Où il se trouve
browser-no-site = Créez d’abord un site
browser-more-points = et { $count } de plus
