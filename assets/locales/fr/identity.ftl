# La connexion, et ce que chacun décide pour soi.

save = Enregistrer

## Étapes d’une connexion
sign-in-other = Se connecter sous un autre nom
sign-in-done-password = Votre mot de passe a été changé. Connectez-vous avec le nouveau.

## Un nouveau mot de passe
new-password-title = Choisir un nouveau mot de passe
new-password-why = L’actuel n’était fait que pour la première connexion.
new-password = Nouveau mot de passe
new-password-again = Nouveau mot de passe, encore une fois
new-password-hint = Au moins { $n } caractères. Une phrase se retient mieux que des signes.
new-password-short = Ce mot de passe est trop court.
new-password-long = Ce mot de passe est trop long.
new-password-guessable = Ce mot de passe est parmi les premiers qu’on essaie. Choisissez-en un autre.
new-password-differs = Ce n’est pas le même que ci-dessus.
new-password-same = C’est le mot de passe que vous avez déjà.

## Votre compte
me-title = Votre compte
me-profile = Profil
me-password = Mot de passe
me-sessions = Sessions
me-done-removed = La personne est supprimée.
me-done-profile = Enregistré.
me-done-password = Votre mot de passe a été changé. Les autres navigateurs et programmes ont été déconnectés.
me-done-session = Cette session est terminée.
me-done-others = Toutes les autres sessions sont terminées.
me-done-program = Ce programme a été déconnecté.
me-name-missing = Écrivez un nom que l’on puisse lire.
me-name-long = 80 caractères au plus.
me-choice-unknown = Choisissez dans la liste.
me-zone-unknown = Ce fuseau horaire n’est pas connu ici. Choisissez dans la liste.
me-zone = Fuseau horaire
me-zone-hint = Celui dans lequel toutes les heures sont données ; chaque page le dit en bas.
me-zone-of-place = Celui du lieu
me-numbers = Nombres
me-dates = Dates
me-date-text = 20 nov. 2026
me-as-language = Comme dans la langue
me-as-browser = Comme le demande le navigateur
me-password-note = Tous les autres navigateurs et programmes sont déconnectés quand il change.
me-password-current = Mot de passe actuel
me-password-wrong = Ce n’est pas votre mot de passe actuel.
me-password-go = Changer le mot de passe
me-sessions-note = Là où vous êtes connecté. Terminez ce que vous ne connaissez pas, puis changez de mot de passe.
me-sessions-end-others = Terminer toutes les autres
me-browsers = Navigateurs
me-programs = Programmes
me-programs-note = connectés à l’API avec votre mot de passe
me-programs-none = Aucun programme n’est connecté sous votre nom.
me-session-with = Avec
me-session-from = Depuis
me-session-since = Connecté
me-session-used = Dernier usage
me-session-end = Terminer
me-session-own = celle-ci
me-session-unknown = Programme inconnu
me-done-verify = Un e-mail part vers votre adresse.
me-done-invited = L’invitation est partie.
me-done-disabled = La connexion est refusée dès maintenant ; toutes les sessions sont terminées.
me-done-enabled = La connexion est de nouveau permise.
me-done-policy = Enregistré. Cela vaut dès la prochaine connexion.
me-verify-note = Personne n’a encore montré que vous lisez les e-mails à cette adresse.
me-verify-go = Envoyer un e-mail

## Par e-mail
email-wrong = Écrivez une adresse comme nom@exemple.fr.
sign-in-back = Retour à la connexion
mail-sent-title = Regardez vos e-mails
forgot-title = Mot de passe oublié ?
forgot-go = Envoyer un lien
forgot-no-mail = Cette installation n’envoie pas d’e-mails. Demandez un autre mot de passe à un administrateur de votre portail.
forgot-sent = S’il existe un compte avec cette adresse, un lien pour choisir un autre mot de passe est en route. Il sert une fois, dans les 30 minutes.
link-over-title = Ce lien n’ouvre plus rien
link-over-text = Il a déjà servi, ou son temps est passé. Demandez-en un autre.
welcome-title = Bienvenue
welcome-name = Votre nom
welcome-go = Continuer
register-title = Créer un compte
register-go = Envoyer un lien
register-sent = Si les personnes qui ont cette adresse peuvent s’inscrire ici, un lien est en route. Il sert une fois, dans la journée.
verify-title = Confirmer votre adresse
verify-go = Confirmer
verify-done = Votre adresse est confirmée
mail-foot = Cet e-mail vient du portail de { $client }. Si vous ne l’attendiez pas, vous n’avez rien à faire.
mail-reset-subject = Un autre mot de passe pour { $client }
mail-reset-text = Quelqu’un, sans doute vous, a demandé un autre mot de passe pour { $client }. Le lien sert une fois, dans les 30 minutes. Sans lui, votre mot de passe reste le même.
mail-reset-go = Choisir un autre mot de passe
mail-verify-subject = Confirmez votre adresse pour { $client }
mail-verify-text = Montrez que vous lisez les e-mails à cette adresse. Le lien sert dans la journée.
mail-verify-go = Confirmer l’adresse
mail-invite-subject = Invitation à { $client }
mail-invite-text = Vous êtes invité au portail de { $client }. Le lien sert une fois, dans les sept jours, et vous laisse choisir un mot de passe.
mail-invite-go = Accepter l’invitation
mail-register-subject = Votre compte chez { $client }
mail-register-text = Quelqu’un, sans doute vous, veut s’inscrire chez { $client } avec cette adresse. Le lien sert une fois, dans la journée, et vous laisse choisir un mot de passe.
mail-register-go = Créer le compte
mail-known-subject = Vous avez déjà un compte chez { $client }
mail-known-text = Quelqu’un, sans doute vous, a voulu s’inscrire chez { $client } avec cette adresse. Elle a déjà un compte. Si vous avez oublié le mot de passe, vous pouvez en choisir un autre.
mail-known-go = Choisir un autre mot de passe
mail-changed-subject = Votre mot de passe pour { $client } a été changé
mail-changed-text = Si c’était vous, vous n’avez rien à faire. Sinon, choisissez tout de suite un autre mot de passe et prévenez un administrateur.
mail-changed-go = Ce n’était pas moi

## Personnes
role = Rôle
people-title = Personnes
people-invite = Inviter quelqu’un
people-invite-go = Inviter
people-sites = Sites
people-types = Types d’équipement
people-grants-hint = Rien de coché : tout ; pour un membre : rien.
people-hand-over = Cette installation n’envoie pas d’e-mails. Remettez ce lien ; il n’est montré qu’une fois, et sert une fois, dans les sept jours.
people-known = Quelqu’un a déjà cette adresse.
people-since = Ajouté
people-actions = Actions
people-again = Inviter de nouveau
people-disable = Refuser la connexion
people-enable = Permettre la connexion
people-waits = Invité, pas encore venu
people-active = Actif
people-verified = Actif, adresse confirmée
people-disabled = Connexion refusée

## Comment on entre
policy-title = Comment on se connecte
policy-factors = Second facteur
policy-factors-hint = Ces rôles ne se connectent pas sans lui ; qui n’en a pas est conduit à en installer un.
policy-domains = Qui lit ses e-mails dans ces domaines peut s’inscrire
policy-domains-hint = Un par ligne, comme acme.example. Vide : personne.
policy-role = Il devient
policy-employees-on = Qui est sur cette liste peut s’inscrire
policy-employees = Employés
policy-employees-hint = Un par ligne : l’adresse, puis le rôle (operator, member, viewer) si ce n’est pas viewer.
policy-domain-wrong = « { $line } » n’est pas un domaine comme acme.example.
policy-employee-wrong = « { $line } » n’est pas une adresse avec un rôle, comme ada@acme.example operator.
policy-too-many = { $line } lignes, c’est trop.
policy-no-mail = Cette installation n’envoie pas d’e-mails : personne ne peut encore s’inscrire.

## Seconds facteurs
me-factors = Second facteur
me-done-passkey = Le second facteur est en place.
me-done-factor-gone = Il est retiré.
factors-note = Ce que vous avez en plus du mot de passe. Une clé d’accès vous connecte aussi sans lui.
passkey = Clé d’accès
passkeys = Clés d’accès
passkeys-note = de votre appareil ou d’une clé de sécurité
passkeys-none = Il n’y en a pas encore.
passkey-name = Le nom que vous lui donnez
passkey-add = Ajouter une clé d’accès
passkey-sign-in = Se connecter avec une clé d’accès
passkey-failed = Cela n’a pas marché : la clé d’accès n’a pas été montrée, ou n’est pas de ce portail.
factor-app = Application d’authentification
factor-app-on = En place.
factor-app-begin = Installer une application
factor-app-scan = Scannez ceci avec l’application.
factor-app-qr = Code QR pour l’application
factor-app-type = Ou tapez ceci :
factor-app-confirm = Confirmer
factor-code = Code
factor-code-wrong = Ce code est faux, ou a déjà servi.
factor-title = Second facteur
factor-why = Le code que montre votre application d’authentification, ou un de vos codes de secours.
factor-why-passkey = Utilisez votre clé d’accès, ou un de vos codes de secours.
factors-codes = Codes de secours
factors-codes-left =
    { $n ->
        [one] { $count } restant
       *[other] { $count } restants
    }
factors-codes-renew = Faire de nouveaux codes
factors-remove = Retirer
factors-remove-which = Lequel
factors-remove-go = Le retirer
codes-title = Vos codes de secours
codes-text = Gardez-les là où vous les trouvez sans cet appareil. Chacun vous connecte une fois si le second facteur est perdu. Ils ne sont montrés que maintenant.
codes-go = Je les ai gardés
enrol-title = Installer un second facteur
enrol-why = Votre rôle en demande un pour se connecter. Choisissez l’un des deux.
people-factors = Retirer les seconds facteurs
me-done-factors-removed = Ses seconds facteurs sont retirés et toutes ses sessions sont terminées.

## Autres fournisseurs
sign-in-with = Continuer avec { $name }
provider-failed = L’autre connexion n’a pas abouti. Réessayez, ou connectez-vous avec votre mot de passe.
provider-not-admitted = Vous êtes connu là-bas, mais pas admis ici. Demandez à un administrateur de ce portail.
providers-title = Autres fournisseurs
providers-none = Tout le monde se connecte avec un mot de passe ou une clé d’accès.
provider-add = Ajouter ou changer un fournisseur
provider-back = Donnez au fournisseur cette adresse de retour :
provider-key = Nom court
provider-key-hint = Minuscules, chiffres et traits d’union ; un fournisseur du même nom court est remplacé.
provider-key-wrong = Minuscules, chiffres et traits d’union, 40 au plus.
provider-name = Le nom que les gens lui donnent
provider-issuer = Adresse (issuer)
provider-issuer-hint = Comme le fournisseur se nomme, par exemple https://login.example.org/realm.
provider-silent = Ce fournisseur ne répond pas, se nomme autrement, ou ne peut pas être interrogé. Donnez une adresse https hors de ce réseau.
provider-client = Identifiant client
provider-client-wrong = Écrivez l’identifiant que le fournisseur a donné à ce portail.
provider-secret = Secret client
provider-secret-hint = Laissé vide, l’actuel reste. Il est gardé scellé et jamais montré.
provider-domains = Seulement les adresses de ces domaines
provider-domains-hint = Un par ligne. Vide : toute adresse que le fournisseur a vérifiée.
provider-domains-wrong = Une des lignes n’est pas un domaine comme acme.example.
provider-claim = Revendication qui dit le rôle
provider-roles = Rôle pour chaque valeur de la revendication
provider-roles-hint = Un par ligne, comme ingenieurs = operator.
provider-roles-wrong = Une des lignes n’est pas comme ingenieurs = operator. Les rôles sont admin, operator, member, viewer.
provider-default = Sans une telle valeur
provider-no-role = ils n’entrent pas
provider-on = Proposé à la connexion
provider-off = non proposé
provider-remove = Retirer
me-done-provider = Enregistré. Le fournisseur a répondu.
me-done-provider-gone = Le fournisseur est retiré.
mail-due-subject = Maintenance à faire chez { $client }
mail-due-text = Arrivé à échéance : { $work }.
mail-due-go = Voir la maintenance
