# Signing in, and what somebody decides about themselves.

save = Save

## Steps of a sign-in
sign-in-other = Sign in as somebody else
sign-in-done-password = Your password was changed. Sign in with the new one.

## A new password
new-password-title = Choose a new password
new-password-why = The present one was made for the first sign-in.
new-password = New password
new-password-again = New password, once more
new-password-hint = At least { $n } characters. A sentence is easier to remember than signs.
new-password-short = This password is too short.
new-password-long = This password is too long.
new-password-guessable = This password is among the first that are guessed. Choose another.
new-password-differs = This is not the same as above.
new-password-same = This is the password you already have.

## Your account
me-title = Your account
me-profile = Profile
me-password = Password
me-sessions = Sessions
me-done-removed = The person is removed.
me-done-profile = Saved.
me-done-password = Your password was changed. Other browsers and programs were signed out.
me-done-session = That session has ended.
me-done-others = All other sessions have ended.
me-done-program = That program was signed out.
me-name-missing = Write a name that people can read.
me-name-long = At most 80 characters.
me-choice-unknown = Choose one from the list.
me-zone-unknown = This time zone is not known here. Choose one from the list.
me-zone = Time zone
me-zone-hint = In which all times are shown; each page says so at its foot.
me-zone-of-place = That of the place
me-numbers = Numbers
me-dates = Dates
me-date-text = 20 Nov 2026
me-as-language = As in the language
me-as-browser = As the browser asks
me-password-note = All other browsers and programs are signed out when it changes.
me-password-current = Present password
me-password-wrong = This is not your present password.
me-password-go = Change the password
me-sessions-note = Where you are signed in. End what you do not know, then change your password.
me-sessions-end-others = End all others
me-browsers = Browsers
me-programs = Programs
me-programs-note = that signed in to the API with your password
me-programs-none = No program is signed in as you.
me-session-with = With
me-session-from = From
me-session-since = Signed in
me-session-used = Last used
me-session-end = End
me-session-own = this one
me-session-unknown = Unknown program
me-done-verify = A mail is on its way to your address.
me-done-invited = The invitation is on its way.
me-done-disabled = Sign-in is refused from now on; all sessions have ended.
me-done-enabled = Sign-in is allowed again.
me-done-policy = Saved. It holds from the next sign-in on.
me-verify-note = Nobody has shown yet that you read the mails to this address.
me-verify-go = Send a mail

## By mail
email-wrong = Write an address like name@example.com.
sign-in-back = Back to the sign-in
mail-sent-title = Look at your mail
forgot-title = Forgotten your password?
forgot-go = Send a link
forgot-no-mail = This installation sends no mail. Ask an administrator of your portal for another password.
forgot-sent = If there is an account with this address, a link to set another password is on its way. It can be used once, within 30 minutes.
link-over-title = This link opens nothing any more
link-over-text = It was used already, or its time is over. Ask for another one.
welcome-title = Welcome
welcome-name = Your name
welcome-go = Continue
register-title = Create an account
register-go = Send a link
register-sent = If people with this address may register here, a link is on its way. It can be used once, within a day.
verify-title = Confirm your address
verify-go = Confirm
verify-done = Your address is confirmed
mail-foot = This mail was sent by the portal of { $client }. If you did not expect it, you need do nothing.
mail-reset-subject = Another password for { $client }
mail-reset-text = Somebody, probably you, asked for another password for { $client }. The link can be used once, within 30 minutes. Without it your password stays as it is.
mail-reset-go = Choose another password
mail-verify-subject = Confirm your address for { $client }
mail-verify-text = Show that you read the mails to this address. The link can be used within a day.
mail-verify-go = Confirm the address
mail-invite-subject = Invitation to { $client }
mail-invite-text = You are invited to the portal of { $client }. The link can be used once, within seven days, and lets you choose a password.
mail-invite-go = Accept the invitation
mail-register-subject = Your account at { $client }
mail-register-text = Somebody, probably you, wants to register at { $client } with this address. The link can be used once, within a day, and lets you choose a password.
mail-register-go = Create the account
mail-known-subject = You already have an account at { $client }
mail-known-text = Somebody, probably you, wanted to register at { $client } with this address. There is an account with it. If you forgot the password, you can choose another one.
mail-known-go = Choose another password
mail-changed-subject = Your password for { $client } was changed
mail-changed-text = If this was you, you need do nothing. If not, choose another password at once and tell an administrator.
mail-changed-go = This was not me

## People
role = Role
people-title = People
people-invite = Invite somebody
people-invite-go = Invite
people-sites = Sites
people-types = Types of equipment
people-grants-hint = Nothing ticked: all of it; of a member: nothing.
people-hand-over = This installation sends no mail. Hand this link over; it is shown once, and can be used once, within seven days.
people-known = There is somebody with this address already.
people-since = Added
people-actions = Actions
people-again = Invite again
people-disable = Refuse sign-in
people-enable = Allow sign-in
people-waits = Invited, did not come yet
people-active = Active
people-verified = Active, address confirmed
people-disabled = Sign-in refused

## How people come in
policy-title = How people sign in
policy-factors = Second factor
policy-factors-hint = These roles cannot sign in without one; who has none is led to set one up.
policy-domains = Who reads mail at these domains may register
policy-domains-hint = One a line, like acme.example. Empty: nobody.
policy-role = They become
policy-employees-on = Whoever is on this list may register
policy-employees = Employees
policy-employees-hint = One a line: the address, then the role (operator, member, viewer) if it is not viewer.
policy-domain-wrong = “{ $line }” is not a domain like acme.example.
policy-employee-wrong = “{ $line }” is not an address with a role, like ada@acme.example operator.
policy-too-many = { $line } lines are too many.
policy-no-mail = This installation sends no mail, so nobody can register yet.

## Second factors
me-factors = Second factor
me-done-passkey = The second factor is set up.
me-done-factor-gone = It is gone.
factors-note = What you have beside your password. A passkey also signs you in without it.
passkey = Passkey
passkeys = Passkeys
passkeys-note = of your device or a security key
passkeys-none = There is none yet.
passkey-name = What you call it
passkey-add = Add a passkey
passkey-sign-in = Sign in with a passkey
passkey-failed = That did not work: the passkey was not shown, or is not one of this portal.
factor-app = Authenticator app
factor-app-on = Set up.
factor-app-begin = Set up an app
factor-app-scan = Scan this with the app.
factor-app-qr = QR code for the app
factor-app-type = Or type this:
factor-app-confirm = Confirm
factor-code = Code
factor-code-wrong = This code is wrong, or was used before.
factor-title = Second factor
factor-why = The code your authenticator app shows, or one of your recovery codes.
factor-why-passkey = Use your passkey, or one of your recovery codes.
factors-codes = Recovery codes
factors-codes-left =
    { $n ->
        [one] { $count } left
       *[other] { $count } left
    }
factors-codes-renew = Make new codes
factors-remove = Remove
factors-remove-which = Which
factors-remove-go = Remove it
codes-title = Your recovery codes
codes-text = Keep them where you find them without this device. Each signs you in once when the second factor is lost. They are shown only now.
codes-go = I have kept them
enrol-title = Set up a second factor
enrol-why = Your role needs one to sign in. Choose one of the two.
people-factors = Remove second factors
me-done-factors-removed = Their second factors are gone, and all their sessions have ended.

## Other providers
sign-in-with = Continue with { $name }
provider-failed = The other sign-in did not come about. Try again, or sign in with your password.
provider-not-admitted = You are known there, but are not admitted here. Ask an administrator of this portal.
providers-title = Other providers
providers-none = Everybody signs in with a password or a passkey.
provider-add = Add or change a provider
provider-back = Give the provider this address to lead back to:
provider-key = Short name
provider-key-hint = Small letters, digits and hyphens; a provider with this short name is replaced.
provider-key-wrong = Use small letters, digits and hyphens, at most 40.
provider-name = What people call it
provider-issuer = Address (issuer)
provider-issuer-hint = As the provider names itself, like https://login.example.org/realm.
provider-silent = This provider does not answer, names itself otherwise, or may not be asked. Give an https address outside of this network.
provider-client = Client id
provider-client-wrong = Write the id the provider gave to this portal.
provider-secret = Client secret
provider-secret-hint = Left empty, the present one stays. It is kept sealed and never shown.
provider-domains = Only addresses of these domains
provider-domains-hint = One a line. Empty: any address the provider has verified.
provider-domains-wrong = One of the lines is not a domain like acme.example.
provider-claim = Claim that says the role
provider-roles = Role for each value of the claim
provider-roles-hint = One a line, like engineers = operator.
provider-roles-wrong = One of the lines is not like engineers = operator. Roles are admin, operator, member, viewer.
provider-default = Without such a value
provider-no-role = they do not come in
provider-on = Offered at the sign-in
provider-off = not offered
provider-remove = Remove
me-done-provider = Saved. The provider answered.
me-done-provider-gone = The provider is gone.
mail-due-subject = Maintenance is due at { $client }
mail-due-text = Due by now: { $work }.
mail-due-go = See the maintenance
