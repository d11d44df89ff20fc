# Mots que plusieurs pages partagent.

skip-to-content = Aller au contenu
nav-main = Principal
nav-sections = Sections
nav-overview = Aperçu
nav-equipment = Équipements
nav-parking = Parking
nav-connections = Connexions
search = Rechercher
sign-out = Se déconnecter
language = Langue
theme = Thème
theme-label = Thème :
theme-system = système
theme-light = clair
theme-dark = sombre
times-in = Heures de { $place } ({ $offset })
times-there = sur place : { $place } ({ $offset })
last-value-at = Dernière mesure reçue { $time }
crumbs-label = Où vous êtes
yes = Oui
no = Non
sites = Sites
site = Site
state = État
name = Nom
type = Type
details = Détails
points = Points
history = Historique
seen = Vu il y a
last-reading = Dernière mesure
last-24-h = 24 h
equipment-short = Équip.
no-data = pas de données
never-received = jamais reçu

# Qualité d’une valeur.
quality-good = bonne
quality-uncertain = incertaine
quality-bad = mauvaise
quality-stale = périmée
quality-none = jamais reçue

# État d’un équipement ou d’un site.
condition-offline = Hors ligne
condition-bad = Mauvaise qualité
condition-stale = Périmé
condition-waiting = En attente
condition-normal = Normal

# Âges et durées.
age-seconds = { $n } s
age-minutes = { $n } min
age-hours = { $n } h
age-hours-minutes = { $h } h { $m } min
age-days = { $n } j
ago = il y a { $age }

# Calendrier.
month-1 = janv.
month-2 = févr.
month-3 = mars
month-4 = avr.
month-5 = mai
month-6 = juin
month-7 = juil.
month-8 = août
month-9 = sept.
month-10 = oct.
month-11 = nov.
month-12 = déc.
long-month-1 = janvier
long-month-2 = février
long-month-3 = mars
long-month-4 = avril
long-month-5 = mai
long-month-6 = juin
long-month-7 = juillet
long-month-8 = août
long-month-9 = septembre
long-month-10 = octobre
long-month-11 = novembre
long-month-12 = décembre
weekday-1 = Lundi
weekday-2 = Mardi
weekday-3 = Mercredi
weekday-4 = Jeudi
weekday-5 = Vendredi
weekday-6 = Samedi
weekday-7 = Dimanche
long-date-time = { $weekday } { $day } { $month } { $year }, { $time }

# États nommés des points.
state-free = Libre
state-occupied = Occupée
state-closed = Fermée
state-opening = S’ouvre
state-opened = Ouverte
state-open = Ouverte
state-closing = Se ferme
state-idle = Au repos
state-charging = En charge
state-discharging = En décharge
state-fault = En défaut
state-on = Marche
state-off = Arrêt
state-running = En marche
state-stopped = À l’arrêt
state-standby = En veille
state-auto = Automatique
state-manual = Manuel
state-heating = Chauffage
state-cooling = Refroidissement
state-available = Disponible
state-unavailable = Indisponible
state-preparing = Préparation
state-finishing = Fin de charge
state-suspended = Suspendue
state-reserved = Réservée
state-starting = Démarrage
state-ok = OK
state-normal = Normal
state-alarm = Alarme
state-active = En service
state-producing = En production
state-derated = Bridé
state-faulted = En défaut
state-islanded = En îlotage
state-stopping = Arrêt en cours
state-defrost = Dégivrage
state-ventilation = Ventilation
state-free-cooling = Refroidissement naturel

# Le flux en direct, dans la barre du haut.
feed-connecting = Connexion
feed-live = En direct
feed-live-delay = En direct · { $delay } s
feed-offline = Hors ligne depuis { $time }

## Sans réseau
offline-title = Vous êtes hors ligne
offline-note = Cette page est telle que vous l’avez ouverte la dernière fois.
offline-from = Cette page date du { $time }. Les âges continuent de courir ; rien ici n’est en direct.
offline-text = Cette page n’a pas encore été ouverte sur cet appareil. Elle s’affichera au retour du réseau.
