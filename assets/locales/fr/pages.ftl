# Une section par page.

## Connexion
sign-in-title = Se connecter
sign-in-what = Valeurs en direct et historique de vos sites.
sign-in-email = Adresse e-mail
sign-in-password = Mot de passe
sign-in-go = Continuer
sign-in-cookie = Cette page ne dépose qu’un cookie, celui de la session.
sign-in-wrong = Adresse ou mot de passe inconnu.
sign-in-wait = Trop d’essais. Réessayez dans { $wait }.

## Aperçu
overview-normal = Tout est normal
overview-waiting = Rien n’a encore été reçu
overview-to-look-at =
    { $n ->
        [one] { $count } équipement à regarder
       *[other] { $count } équipements à regarder
    }
overview-sites-normal =
    { $n ->
        [0] Aucun site n’est normal.
        [one] { $count } site sur { $all } est normal.
       *[other] { $count } sites sur { $all } sont normaux.
    }
overview-site-normal = Le site est normal.
overview-site-not-normal = Le site n’est pas normal.
overview-attention = À regarder
overview-more =
    { $n ->
        [one] { $count } autre
       *[other] { $count } autres
    }
overview-sorted = triés par état
overview-main-value = Valeur principale
overview-stale = Points périmés
overview-stale-none = Chaque valeur est aussi fraîche qu’attendu.
overview-stale-all = Voir les { $count }
overview-changes = Derniers changements
overview-changes-none = Rien n’a encore été modifié.
overview-empty-title = Aucun site pour l’instant
overview-empty-text = Les sites, les équipements et leurs valeurs apparaissent ici dès qu’il y en a.
overview-reporting = Équipements qui émettent
overview-reporting-cover = { $stale } silencieux, { $offline } hors ligne, { $waiting } en attente
overview-fresh = Points frais
overview-fresh-cover = { $stale } périmés, { $bad } de mauvaise qualité
overview-of = sur { $all }
overview-cover =
    { $n ->
        [one] { $count } point sur { $all }
       *[other] { $count } points sur { $all }
    }
total-battery-power = Puissance des batteries
total-battery-soc = Charge moyenne
total-meter-power = Puissance mesurée
total-parking-free = Places libres
main-power = Puissance
main-free = Places libres
stale-points =
    { $n ->
        [one] { $count } point périmé
       *[other] { $count } points périmés
    }
bad-points =
    { $n ->
        [one] { $count } point de mauvaise qualité
       *[other] { $count } points de mauvaise qualité
    }
last-at = dernière mesure { $time }
change-created = Ajout : { $subject }
change-changed = Modification : { $subject }
change-renamed = Renommage : { $subject }
change-removed = Suppression : { $subject }
change-revoked = Révocation : { $subject }
change-of-site =
    { $n ->
        [one] site { $name }
       *[other] { $count } sites
    }
change-of-type =
    { $n ->
        [one] type { $name }
       *[other] { $count } types
    }
change-of-equipment =
    { $n ->
        [one] équipement { $name }
       *[other] { $count } équipements
    }
change-of-connection =
    { $n ->
        [one] connexion { $name }
       *[other] { $count } connexions
    }
change-of-device =
    { $n ->
        [one] appareil { $name }
       *[other] { $count } appareils
    }
change-of-user =
    { $n ->
        [one] utilisateur { $name }
       *[other] { $count } utilisateurs
    }

## Liste des équipements
tree-label = Sites et équipements
tree-site-page = Page du site
tree-filter = Filtrer l’arbre
filter-text = Nom, clé, série…
filter-go = Filtrer
filter-remove = Retirer
filter-clear = Tout effacer
filter-site = Site
filter-type = Type
filter-state = État
group-by = Grouper par
group-type = type
group-site = site
found-equipment =
    { $n ->
        [one] { $count } équipement
       *[other] { $count } équipements
    }
list-empty-title = Rien ne correspond
list-empty-text = Retirez un filtre, ou cherchez une partie du nom.
list-more = Afficher les { $count }

filter-health = Valeurs
filter-seen = Vu depuis
filter-save = Enregistrer ce filtre
filter-save-go = Enregistrer
filter-name = Nom du filtre
filter-saved = Filtres enregistrés
filter-forget = Oublier
seen-hour = moins d’une heure
seen-day = moins d’un jour
seen-week = moins d’une semaine
seen-longer = plus longtemps
seen-never = jamais
group-none = rien
view-label = Présentation
view-table = Tableau
view-list = Liste
view-grid = Grille
found-of-equipment =
    { $n ->
        [one] { $count } équipement sur { $all }
       *[other] { $count } équipements sur { $all }
    }
pager-label = Pages
pager-place = { $from } à { $to } sur { $all }
pager-previous = Précédent
pager-next = Suivant
tree-all = Tout voir
tree-more-sites =
    { $n ->
        [one] { $count } autre site sur la carte
       *[other] { $count } autres sites sur la carte
    }

## Recherche
search-what = Nom, clé, série, site, note, point…
search-hint = Tous les mots comptent ; une faute de frappe est pardonnée. Les touches / et Ctrl-K mènent ici depuis chaque page.
search-none = Rien ne correspond. Essayez avec moins de mots.

## Carte
map = Carte
map-what = état le plus grave de chaque site
map-label = Carte des sites ; la liste à côté dit la même chose
map-failed = La carte ne s’est pas chargée. La liste des sites donne les mêmes états.
map-equipment = équipements : { $n }
map-closer = Rapprocher
map-farther = Éloigner
map-placed =
    { $n ->
        [one] { $count } site sur { $all } a des coordonnées :
       *[other] { $count } sites sur { $all } ont des coordonnées :
    }
map-more =
    { $n ->
        [one] { $count } autre sur la carte
       *[other] { $count } autres sur la carte
    }
overview-all-sites = Les { $count } sites

## Comparaison
compare = Comparer
compare-what = Les points de plusieurs équipements sur un même axe de temps, quatre par axe. L’adresse garde vos choix.
compare-these = Comparer…
compare-add = Ajouter un point : équipement et nom
compare-remove = Retirer
compare-full = Seize points au plus sont tracés ; retirez-en un pour en ajouter un autre.
compare-empty-title = Aucun point choisi
compare-empty-text = Cherchez un point ci-dessus, ou partez des courbes d’un équipement.

## Notes sur les courbes
notes = Notes
notes-none = Aucune note dans cette période.
note-add = Ajouter une note
note-at = Quand
note-at-hint = À l’heure du site. Un clic sur une courbe la remplit.
note-save = Enregistrer la note
note-change = Modifier la note
note-remove = Supprimer la note
note-nobody = une personne partie

## Équipement
live-values = Valeurs en direct
parts = Parties
part-of = Partie de
note = Note
model = Modèle
serial = N° de série
key = Clé
added = Ajouté
heard-ago = Dernière mesure il y a { $age }
heard-on = Dernière mesure le { $date }
heard-never = Rien reçu pour l’instant
no-points-title = Aucun point
no-points-text = Ce type n’a pas de points ; le manifeste peut en ajouter.
flags-title = Ce qui ne va pas
flags-none = Rien : aucun indicateur de l’équipement n’est levé.
cells-spread = { $min } à { $max }, écart { $spread }
cells-scale = Couleur : par rapport à la moyenne, brun en dessous, bleu-vert au-dessus.
series-cell-voltage = Tensions des cellules
series-cell-temperature = Températures des cellules

## Courbes
charts-label = Courbes
chart-band = min à max
charts-need-script = Les courbes ont besoin de JavaScript. Le tableau de chaque point donne les mêmes valeurs.
chart-points = Points…
chart-points-show = Afficher ces points
free-range = Période…
range-from = Du
range-to = Au
range-show = Afficher
range-1h = 1 h
range-6h = 6 h
range-24h = 24 h
range-7d = 7 j
range-30d = 30 j
range-1y = 1 an
chart-no-data = pas de données, { "{length}" }
chart-failed = L’historique n’a pas répondu. La courbe réessaiera.
chart-summary = { "{name}" } : de { "{min}" } à { "{max}" }, dernière valeur { "{last}" }, { "{gaps}" } trous dans les données.
chart-summary-empty = { "{name}" } : pas de données sur cette période.
limit-normal = Normal

## Point
point-key = Clé
point-unit = Unité
point-period = Attendu toutes les
point-on-change = au changement
point-valid = Valide
point-normal = Normal
point-range = { $low } à { $high }
point-equipment = Équipement
point-api = API
table-samples = Valeurs
table-rollups = Heures
table-rollups-day = Jours
table-newest = les { $count } dernières de cette période
table-time = Heure
table-value = Valeur
table-quality = Qualité
table-n = Mesures
table-min = Min
table-mean = Moyenne
table-max = Max
table-empty = Il n’y a pas de données sur cette période.

## Site
sites-inside = Sites inclus
site-address = Adresse
site-position = Position
site-zone = Fuseau horaire
site-empty-title = Aucun équipement ici pour l’instant
site-empty-text = Il apparaît quand le manifeste le nomme, ou quand un appareil d’un type connu parle.
site-summary =
    { $n ->
        [one] { $count } équipement
       *[other] { $count } équipements
    }
park-free = Libres
park-taken = Occupées
park-unknown = Inconnues
park-of = sur { $all }
park-plan = Plan, places { $from } à { $to }
park-key-free = libre
park-key-taken = occupée
park-key-unknown = capteur muet ou en défaut

## Connexions
connection = Connexion
protocol = Protocole
messages = Messages
refused = Refusés
last-error = Dernière erreur
connections-normal = Toutes les connexions sont établies.
connections-down =
    { $n ->
        [one] { $count } sur { $all } n’est pas connectée.
       *[other] { $count } sur { $all } ne sont pas connectées.
    }
connections-off =
    { $n ->
        [one] { $count } sur { $all } est désactivée.
       *[other] { $count } sur { $all } sont désactivées.
    }
connections-empty-title = Aucune connexion pour l’instant
connections-empty-text = Les connexions viennent du manifeste de ce client. Un programme peut aussi écrire par HTTP.
connection-connected = Connectée
connection-connecting = Connexion…
connection-waiting = En attente
connection-offline = Hors ligne
connection-disabled = Désactivée
no-error = aucune
rejects = Mesures refusées
rejects-none = Rien n’a été refusé.
rejects-newest = Derniers exemples
rejects-since = comptées depuis le début
reason = Motif
count = Nombre
last-time = Dernier
discovered = Appareils découverts
discovered-note = ils ont parlé, mais le modèle ne les nomme pas
discovered-none = Chaque appareil qui a parlé est connu.
discovered-none-text = Ce qui parle sans être dans le modèle apparaît ici, à accueillir d’un clic.
discovered-count =
    { $n ->
        [0] {""}
        [one] { $count } appareil a parlé sans que le modèle le nomme.
       *[other] { $count } appareils ont parlé sans que le modèle les nomme.
    }
discovered-see = Accueillir ou écarter
discovered-said = Dernières paroles
discovered-adopt = Accueillir
discovered-dismiss = Ne plus lister
discovered-adopted = { $name } est maintenant un équipement ; ses mesures comptent désormais.
discovered-dismissed = { $name } ne sera plus listé.

## Erreurs et domaine de base
error-line = Erreur { $status }
error-quote = Si vous nous appelez, donnez ce numéro :
error-home = Aller à l’aperçu
error-again = Réessayer
error-sign-in = Se connecter
error-unknown-host-title = Il n’y a pas de portail à cette adresse
error-unknown-host-text = Vérifiez l’adresse, ou demandez-la à qui vous l’a donnée.
error-suspended-title = Ce portail est fermé pour l’instant
error-suspended-text = L’exploitant de la plateforme l’a suspendu. Ce qui a été enregistré est conservé.
error-not-found-title = Cette page n’existe pas
error-not-found-text = Elle a pu être supprimée ou renommée. La recherche trouve un équipement par son nom.
error-forbidden-title = Vous ne pouvez pas faire cela
error-forbidden-text = Votre compte n’en a pas le droit, ou la demande venait d’un autre site.
error-invalid-title = Cette adresse n’est pas complète
error-invalid-text = Une partie ne peut pas être lue : { $detail }
error-too-many-title = Trop d’essais
error-too-many-text = Attendez un instant, puis réessayez.
error-unavailable-title = Cette page ne peut pas être affichée maintenant
error-unavailable-text = La base de données n’a pas répondu à temps. Les appareils restent connectés et rien de ce qui est acquitté n’est perdu.
error-internal-title = Quelque chose de chez nous est cassé
error-internal-text = C’est noté. Vos appareils ne sont pas touchés.
landing-title = Vigie
landing-text = Chaque client a sa propre adresse, comme { $example }. Utilisez celle que l’on vous a donnée.

## Several at once
bulk-title = Modifier plusieurs à la fois
bulk-choose = Choisir
bulk-chosen = choisis
bulk-move = Déplacer là
bulk-field = Champ
bulk-value = Valeur
bulk-set = Attribuer
bulk-remove-text = Les équipements choisis disparaissent avec leurs points et tout leur historique.
bulk-undo = Vous pouvez revenir en arrière maintenant.
bulk-undo-remove = Vous pouvez rétablir les équipements maintenant ; leur historique est perdu.
bulk-back = Retour à la liste
bulk-done-move =
    { $n ->
        [one] { $count } équipement déplacé
       *[other] { $count } équipements déplacés
    }
bulk-done-field =
    { $n ->
        [one] { $count } équipement modifié
       *[other] { $count } équipements modifiés
    }
bulk-done-remove =
    { $n ->
        [one] { $count } équipement supprimé
       *[other] { $count } équipements supprimés
    }
bulk-done-refused =
    { $n ->
        [one] { $count } équipement reste tel quel
       *[other] Les { $count } équipements restent tels quels
    }

## Why readings are refused
reject-bad-json = N’est pas du JSON
reject-not-text = N’est pas du texte
reject-no-route = Aucune route ne prend ce sujet
reject-no-value = La valeur n’est pas là où la route la cherche
reject-not-a-value = N’est pas une valeur
reject-not-an-array = N’est pas une liste
reject-unknown-state = Un état sans mot
reject-bad-time = L’heure est illisible
reject-bad-key = Rien ne peut porter ce nom
reject-too-many = Trop de valeurs dans un message
reject-too-large = Le message est trop grand
reject-bad-line = La ligne est illisible
reject-bad-shape = Le corps a une autre forme
reject-unknown-equipment = Équipement que le modèle ne nomme pas
reject-unknown-point = Point que l’équipement n’a pas
reject-not-finite = N’est pas un nombre fini
reject-not-a-number = N’est pas un nombre
reject-bad-unit = L’unité ne convient pas
reject-future = Son heure est dans le futur
reject-ancient = Son heure est trop ancienne
reject-quota = Plus que le quota ne permet
reject-points-quota = Le quota de points est épuisé
reject-storage-quota = Le quota de stockage est épuisé
