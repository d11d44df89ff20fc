maintenance-title-all = Maintenance
maintenance-late =
    { $n ->
        [0] Rien n’est en retard.
        [one] { $count } intervention est en retard.
       *[other] { $count } interventions sont en retard.
    }
maintenance-everywhere = Tous les équipements
maintenance-new = Planifier une intervention
maintenance-plan = Planifier
maintenance-save = Enregistrer
maintenance-title = À faire
maintenance-notes = Notes
maintenance-due = Échéance
maintenance-done = Fait le
maintenance-when = Quand
maintenance-due-on = échéance le { $date }
maintenance-late-since = en retard depuis le { $date }
maintenance-done-on = fait le { $date }
maintenance-no-day = sans date
maintenance-done-by = Fait par
maintenance-done-today = Fait aujourd’hui
maintenance-remove = Supprimer cette intervention
maintenance-remove-what = Ce qui en est écrit est perdu ; le journal d’audit garde qu’elle a existé.
maintenance-group-late = En retard
maintenance-group-soon = Dans les 30 jours
maintenance-group-later = Plus tard, ou sans date
maintenance-group-done = Fait
maintenance-empty-title = Aucune intervention
maintenance-choose = Choisir un équipement
maintenance-empty-text = Ouvrez un équipement et choisissez « Planifier une intervention ».
maintenance-none = Rien de planifié, rien de fait.
maintenance-all = Tout voir
maintenance-title-fault = Dites en 1 à 120 caractères ce qu’il y a à faire.
maintenance-notes-fault = Limitez les notes à 10 000 caractères.
maintenance-day-fault = Indiquez une date comme 2026-11-20.
maintenance-stale = Quelqu’un d’autre a modifié cette intervention entre-temps. Rechargez la page, puis refaites votre modification.
service-title = Contact et garantie
service-contact_name = Qui appeler
service-contact_phone = Téléphone
service-contact_email = E-mail
service-warranty_until = Sous garantie jusqu’au
service-contact_name-fault = Utilisez au plus 120 caractères.
service-contact_phone-fault = Utilisez au plus 120 caractères.
service-contact_email-fault = Indiquez une adresse comme nom@example.com.
service-warranty_until-fault = Indiquez une date comme 2026-11-20.
service-warranty = sous garantie jusqu’au { $date }
service-warranty-over = garantie terminée le { $date }
service-none = Ni contact ni garantie.
service-change = Contact et garantie
maintenance-files = Fichiers
maintenance-file = Fichier
maintenance-file-add = Ajouter un fichier
maintenance-file-hint = 10 Mo au plus.
maintenance-file-go = Ajouter
maintenance-file-remove = Supprimer
maintenance-file-failed = Le fichier n’a pas été conservé : le serveur ne répond pas. Réessayez.
maintenance-files-none = Aucun fichier.
