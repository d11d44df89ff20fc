# Rights, support of the platform and its console.

## Support of the platform
support-title = Assistance de la plateforme
support-what = Qui, parmi l’équipe de la plateforme, peut consulter ce portail, pourquoi et jusqu’à quand. Elle ne modifie rien, et vous pouvez y mettre fin à tout moment.
support-list = Assistance de la plateforme
support-none = Personne de l’équipe de la plateforme n’est venu.
support-who = Qui
support-made = Autorisé
support-until = Jusqu’à
support-end = Mettre fin
support-entered = Consulte en ce moment
support-waiting = Peut entrer
support-revoked = Terminé
support-over = Expiré
support-notice = { $name }, de l’assistance de la plateforme, peut consulter ce portail jusqu’à { $until } : { $reason }
support-notice-own = Vous consultez ce portail au titre de l’assistance jusqu’à { $until }. Le client le voit, ainsi que le motif : { $reason }
support-see = Voir
support-leave = Quitter
support-enter = Entrer chez { $client }
support-enter-title = Entrer au titre de l’assistance
support-enter-text = { $name } peut consulter ce portail jusqu’à { $until }. Ses administrateurs le voient sur chaque page.
support-enter-go = Entrer
support-reason = Pourquoi vous devez consulter
support-reason-hint = Le client lira ce motif. De 8 à 200 caractères.
support-reason-wrong = Indiquez le motif en 8 à 200 caractères lisibles.
support-hours = Pour combien de temps
support-hours-wrong = Choisissez de 1 à 8 heures.
support-hours-n =
    { $n ->
        [one] { $count } heure
       *[other] { $count } heures
    }
support-ask = M’autoriser à consulter

## Console of the platform
console = Console Vigie
console-what = Pour celles et ceux qui exploitent cette plateforme.
console-utc = Heures en UTC
console-clients = Clients
console-client = Client
console-users = Utilisateurs
console-rate = Mesures par seconde
console-all-well =
    { $n ->
        [one] { $count } client, en bon ordre
       *[other] { $count } clients, tous en bon ordre
    }
console-to-look-at =
    { $n ->
        [one] { $count } client sur { $all } n’est pas servi
       *[other] { $count } clients sur { $all } ne sont pas servis
    }
console-empty-title = Aucun client pour l’instant
console-empty-text = Les clients viennent de manifestes : vigie tenants apply.
console-factor-on = Une application d’authentification est demandée à chaque connexion
console-factor-off = Vous vous connectez avec votre seul mot de passe. Ajoutez une application : qui apprend le mot de passe reste dehors.
console-suspend = Suspendre
console-resume = Rétablir
console-support-note = Le client voit chaque visite et peut y mettre fin
console-entrance = Le lien ne sert qu’une fois. Le client en est informé.
client-active = Actif
client-unserved = Non servi
client-suspended = Suspendu
client-provisioning = En création
client-removing = En suppression
time-zone = Fuseau horaire
