# Pages des administrateurs : listes, formulaires, ce qui ne va pas.

nav-settings = Réglages
settings = Réglages
settings-nav = Ce qui s’administre
settings-sites = Sites
settings-types = Types
settings-equipment = Équipements
settings-connections = Connexions
settings-devices = Appareils
settings-users = Personnes
settings-new-sites = Ajouter un site
settings-new-types = Ajouter un type
settings-new-equipment = Ajouter un équipement
settings-new-connections = Ajouter une connexion
settings-new-devices = Ajouter un appareil
settings-new-users = Ajouter une personne
settings-new-point = Ajouter un point
settings-empty-title = Rien ici
settings-empty-sites = Ajoutez le premier site : un bâtiment, un parking, un dépôt.
settings-empty-types = Un type dit quels points ont les équipements. Ajoutez-en un, ou prenez-en un de la bibliothèque par sa clé.
settings-empty-equipment = Ajoutez ce qui est mesuré, ou laissez apparaître les appareils d’un type connu.
settings-empty-connections = Une connexion dit d’où viennent les mesures : un courtier, des appareils qui viennent ici, un programme.
settings-empty-devices = Un appareil est un identifiant avec lequel quelque chose se connecte au point d’entrée MQTT.
settings-empty-users = Personne ne correspond.
settings-count =
    { $n ->
        [one] { $count } en tout
       *[other] { $count } en tout
    }
settings-more =
    { $n ->
        [one] { $count } autre ; cherchez pour le trouver
       *[other] { $count } autres ; cherchez pour les trouver
    }
settings-saved = { $name } est enregistré.
settings-removed = { $name } est supprimé.
settings-in-use = Quelque chose en dépend encore. Supprimez-le ou déplacez-le d’abord.
settings-quota = Il peut y en avoir { $most } au plus. Supprimez-en un d’abord, ou demandez davantage à l’exploitant.
settings-changed = Quelqu’un d’autre a modifié ceci pendant votre saisie. Voici ce qui est en place ; enregistrez de nouveau pour garder votre version.
settings-faults =
    { $n ->
        [one] Un champ n’est pas encore juste. Rien n’a été enregistré.
       *[other] { $count } champs ne sont pas encore justes. Rien n’a été enregistré.
    }
settings-save = Enregistrer
settings-cancel = Annuler
settings-remove = Supprimer…
settings-remove-go = Supprimer
settings-remove-sites = Le site disparaît. Ce qui s’y trouve doit d’abord être déplacé. Vous pourrez revenir en arrière un instant.
settings-remove-types = Le type disparaît avec la description de ses points. Les équipements de ce type doivent d’abord disparaître. Vous pourrez revenir en arrière un instant.
settings-remove-equipment = L’équipement disparaît avec ses points et tout leur historique. C’est définitif.
settings-remove-connections = Plus aucune mesure n’arrive par elle. Ses secrets sont oubliés. Vous pourrez rétablir le reste un instant.
settings-remove-devices = L’appareil est renvoyé et son secret oublié. C’est définitif.
settings-remove-users = La personne ne peut plus se connecter ; ce qu’elle a fait reste au journal. C’est définitif.
settings-remove-point = Le point disparaît du type et de tous ses équipements, avec son historique. C’est définitif.
undo = Rétablir
field-optional = facultatif
field-name = Nom
field-name-hint = Tel qu’on le dit
field-key = Clé
field-key-hint = Sans espace aux bouts ni / + # {"{"} {"}"} ; appareils, routes et manifestes la nomment
field-parent = Se trouve dans
field-address = Adresse
field-latitude = Latitude
field-latitude-hint = En degrés nord, par exemple 47,2184
field-longitude = Longitude
field-longitude-hint = En degrés est, par exemple -1,5536
field-time_zone = Fuseau horaire
field-time_zone-hint = Nom IANA, par exemple Europe/Paris
field-position = Place dans l’ordre
field-name_fr = Nom en français
field-icon = Symbole
field-brick = Classe Brick
field-haystack = Étiquettes Haystack
field-haystack-hint = Séparées par des virgules
field-bookable = Peut être réservé
field-site = Site
field-type = Type
field-model = Fabricant et modèle
field-serial = Numéro de série
field-note = Note
field-protocol = Protocole
field-enabled = En service
field-config = Configuration
field-config-hint = JSON dans la forme d’un manifeste. Un secret conservé s’affiche {"{"}"sealed": true{"}"} et reste ; saisissez son texte pour le remplacer.
field-email = Adresse e-mail
field-role = Rôle
field-disabled = Ne peut pas se connecter
field-password = Mot de passe
field-password-hint = Pour commencer ; la première connexion en demande un autre
field-kind = Nature
field-unit = Unité
field-unit-hint = Par exemple kW, °C, %
field-decimals = Décimales
field-states = États
field-states-hint = Un par ligne : 0 = FREE
field-normal_min = Normal à partir de
field-normal_max = Normal jusqu’à
field-valid_min = Valide à partir de
field-valid_max = Valide jusqu’à
field-period_s = Secondes entre deux mesures
field-period_s-hint = Sans valeur, il ne signale que les changements
kind-number = Nombre
kind-boolean = Oui ou non
kind-state = État
protocol-mqtt = MQTT : nous nous connectons à un courtier
protocol-mqtt-endpoint = MQTT : les appareils se connectent ici
protocol-http = HTTP : un programme écrit
role-viewer = Lecteur
role-member = Membre
role-operator = Opérateur
role-admin = Administrateur
user-disabled = ne peut pas se connecter
device-let-in = Admis
device-revoked = Refusé
device-seen = vu : { $age }
device-secret = Secret de l’appareil
device-secret-text = Il n’est affiché qu’une fois. Donnez-le à l’appareil maintenant ; personne ne pourra le relire, seulement en créer un autre.
device-secret-kept = Je l’ai conservé
device-user-name = Nom d’utilisateur
device-rotate = Créer un autre secret
device-rotate-text = Le secret actuel cesse aussitôt ; il faudra donner le nouveau à l’appareil.
fault-missing = Ceci est nécessaire.
fault-empty = Écrivez quelque chose ici.
fault-too-long = { $most } caractères au plus.
fault-too-many = { $most } au plus.
fault-invisible = Il contient des caractères invisibles. Saisissez-le de nouveau.
fault-shape = Illisible : { $detail }.
fault-not-one-of = « { $word } » n’est pas parmi : { $allowed }.
fault-key = 1 à 128 caractères, sans espace aux bouts ni / + # {"{"} {"}"}.
fault-taken = « { $key } » est déjà pris. Choisissez autre chose.
fault-unknown = « { $key } » n’existe pas, ou plus.
fault-circle = Il se trouverait en lui-même : { $way }.
fault-time-zone = Le fuseau « { $zone } » n’existe pas. Écrivez un nom IANA, par exemple Europe/Paris.
fault-unit = L’unité « { $unit } » est inconnue.
fault-colour = Écrivez une couleur comme #1e5b46.
fault-contrast = Un texte blanc est illisible sur cette couleur (contraste { $ratio }, il faut 4,5). Choisissez-en une plus sombre.
fault-email = Écrivez une adresse comme nom@exemple.fr.
fault-degrees = Des degrés de −{ $most } à { $most }.
fault-half-position = Latitude et longitude vont ensemble : donnez les deux ou aucune.
fault-range = Un nombre entier de { $least } à { $most }.
fault-limits = La limite basse vient d’abord.
fault-unit-of = Seul un nombre a une unité.
fault-states-missing = Un état a besoin de ses mots, un par ligne : 0 = FREE.
fault-states-of-other = Seul un état a des mots pour ses codes.
fault-state-twice = « { $word } » y est deux fois.
fault-of-type = Ce point appartient au type { $kind } ; modifiez-le là.
fault-secret-by-reference = Saisissez le secret lui-même ; les références sont pour les manifestes.
fault-secret-again = La destination a changé : saisissez de nouveau le secret.
fault-secret-absent = Aucun secret conservé : saisissez-le.
fault-config = { $detail }
fault-too-short = { $least } caractères au moins.
fault-last-admin = C’est le dernier administrateur qui peut se connecter. Nommez-en un autre d’abord.
fault-network = Écrivez une adresse ou un réseau comme 192.0.2.0/24.
fault-locks-out = Votre adresse { $address } n’est pas dans la liste ; vous vous enfermeriez dehors.
fault-instant = Écrivez une date et une heure comme 2026-11-20T14:32:00Z.
fault-past = Ce doit être dans le futur.

## Premiers pas
start-title = Bienvenue
start-text = Trois étapes, dix minutes environ. Vous pouvez partir et revenir : rien ne se perd.
start-site = Ajouter un site
start-site-go = Ajouter le site
start-change = Modifier
start-device = Connecter un appareil
start-device-text = Il envoie au point d’entrée MQTT de cette plateforme. Dites ce qu’il mesure ; son identifiant suit.
start-device-name = Nom de l’appareil
start-point = Ce qu’il mesure
start-device-go = Créer son identifiant
start-device-made = Collez l’une de ces commandes là où se trouve l’appareil, ou n’importe où avec du réseau. Le mot de passe n’est affiché qu’une fois.
start-no-door = Cette installation n’a pas de point d’entrée MQTT. Ajoutez une connexion vers votre courtier dans les réglages, ou demandez à l’exploitant.
start-wait-site = En attente de l’étape 1.
start-value = Voir la première valeur
start-value-text = Elle apparaît ici d’elle-même, avec son heure et sa qualité.
start-value-page = Ouvrir la page de l’équipement
start-value-wait = En attente de l’étape 2. La première valeur s’affichera ici, avec son heure et sa qualité.
start-go = Premiers pas

## What refusals of single fields speak of
fault-server-file = Ceci désigne un fichier du serveur ; seul un manifeste le peut.
fault-beyond = Une clé ne peut pas avoir plus de droits que vous.
