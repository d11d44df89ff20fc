## Whose hand it was
actor-user = utilisateur nº { $n }
actor-key = clé d’API nº { $n }
actor-share = lien de partage nº { $n }
actor-support = assistance, autorisation nº { $n }
actor-staff = équipe de la plateforme nº { $n }
actor-manifest = par le manifeste
actor-command = en ligne de commande
actor-devices = par un appareil
actor-platform = la plateforme
actor-nobody = personne de connecté

## What was done
audit-did-created = Ajout
audit-did-changed = Modification
audit-did-renamed = Renommage
audit-did-removed = Suppression
audit-did-revoked = Révocation
audit-did-granted = Autorisation
audit-did-entered = Accès
audit-did-active = Mise en service
audit-did-suspended = Suspension
audit-did-removing = Suppression en cours
audit-did-invited = Invitation
audit-did-registered = Inscription
audit-did-verified = Vérification
audit-did-signed-in = Connexion
audit-did-sign-in-failed = Échec de connexion
audit-did-signed-out = Déconnexion
audit-did-locked-out = Blocage
audit-did-factor-added = Second facteur ajouté
audit-did-factor-removed = Second facteur retiré
audit-did-key-seen = Clé utilisée depuis une nouvelle adresse
audit-did-exported = Export
audit-did-erased = Effacement de données personnelles
audit-did-commanded = Commande demandée
audit-did-command-confirmed = Commande confirmée
audit-did-command-failed = Commande en échec
audit-did-command-cancelled = Commande annulée

## What it was done to
audit-noun-client = Client
audit-noun-site = Site
audit-noun-type = Type
audit-noun-equipment = Équipement
audit-noun-point = Point
audit-noun-connection = Connexion
audit-noun-bacnet = Appareil BACnet
audit-noun-device = Appareil
audit-noun-user = Personne
audit-noun-api-key = Clé d’API
audit-noun-dashboard = Tableau de bord
audit-noun-maintenance = Maintenance
audit-noun-note = Note sur une courbe
audit-noun-samples = Mesures
audit-noun-field = Champ personnalisé
audit-noun-discovered = Appareil inconnu
audit-noun-provider = Fournisseur de connexion
audit-noun-audit = Journal d’audit

## The page
audit-title = Journal d’audit
audit-lead = Qui a fait quoi, quand et d’où. Rien ici ne peut être modifié ni supprimé ; chaque entrée contient l’empreinte de la précédente.
audit-count =
    { $n ->
        [0] Aucune entrée
        [one] { $count } entrée affichée
       *[other] { $count } entrées affichées
    }
audit-none = Aucune entrée ne correspond à ces filtres.
audit-none-at-all = Rien n’a encore été enregistré.
audit-clear = Effacer les filtres
audit-filter = Filtres
audit-who = Qui
audit-who-hint = Un nom, une adresse, ou user:7
audit-action = Quoi
audit-any = Tout
audit-noun = Sur quoi
audit-key = Clé
audit-from = Du
audit-until = Au
audit-text = Texte
audit-apply = Appliquer
audit-when = Quand
audit-where = D’où
audit-before = Avant
audit-after = Après
audit-field = Champ
audit-nothing = rien
audit-forgotten = effacé
audit-older = Entrées plus anciennes
audit-newest = Entrées les plus récentes
audit-export-csv = Exporter en CSV
audit-export-jsonl = Exporter en lignes JSON
audit-date-fault = Indiquez une date comme 2026-11-20.
audit-person = Personne nº { $n }
audit-history = son historique
audit-noun-account = Compte
