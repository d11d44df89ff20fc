# Rights, support of the platform and its console.

## Support of the platform
support-title = Support of the platform
support-what = Who of the platform's staff may look at this portal, why and how long. They change nothing, and you can end it at any time.
support-list = Support of the platform
support-none = Nobody of the platform's staff was here.
support-who = Who
support-made = Allowed
support-until = Until
support-end = End
support-entered = Looks now
support-waiting = May enter
support-revoked = Ended
support-over = Over
support-notice = { $name } of the platform's support may look at this portal until { $until }: { $reason }
support-notice-own = You look at this portal as support until { $until }. The client sees this, and why: { $reason }
support-see = See
support-leave = Leave
support-enter = Enter { $client }
support-enter-title = Enter as support
support-enter-text = { $name } may look at this portal until { $until }. Its administrators see this on every page.
support-enter-go = Enter
support-reason = Why you must look
support-reason-hint = The client reads this. 8 to 200 characters.
support-reason-wrong = Say why in 8 to 200 readable characters.
support-hours = For how long
support-hours-wrong = Choose 1 to 8 hours.
support-hours-n =
    { $n ->
        [one] { $count } hour
       *[other] { $count } hours
    }
support-ask = Allow me to look

## Console of the platform
console = Vigie console
console-what = For those who run this platform.
console-utc = Times in UTC
console-clients = Clients
console-client = Client
console-users = Users
console-rate = Samples per second
console-all-well =
    { $n ->
        [one] { $count } client, as it should be
       *[other] { $count } clients, all as they should be
    }
console-to-look-at =
    { $n ->
        [one] { $count } of { $all } clients is not served
       *[other] { $count } of { $all } clients are not served
    }
console-empty-title = No client yet
console-empty-text = Clients come from manifests: vigie tenants apply.
console-factor-on = An authenticator app is asked for at every sign-in
console-factor-off = You sign in with your password alone. Set up an app: whoever learns the password still stays out.
console-suspend = Suspend
console-resume = Resume
console-support-note = The client sees every visit and can end it
console-entrance = The link works once. The client has been told.
client-active = Active
client-unserved = Not served
client-suspended = Suspended
client-provisioning = Being made
client-removing = Being removed
time-zone = Time zone
