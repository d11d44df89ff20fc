## Whose hand it was
actor-user = user no. { $n }
actor-key = API key no. { $n }
actor-share = share link no. { $n }
actor-support = support, grant no. { $n }
actor-staff = platform staff no. { $n }
actor-manifest = by the manifest
actor-command = on the command line
actor-devices = by a device
actor-platform = the platform
actor-nobody = nobody signed in

## What was done
audit-did-created = Added
audit-did-changed = Changed
audit-did-renamed = Renamed
audit-did-removed = Removed
audit-did-revoked = Revoked
audit-did-granted = Granted
audit-did-entered = Entered
audit-did-active = Put into service
audit-did-suspended = Suspended
audit-did-removing = Being removed
audit-did-invited = Invited
audit-did-registered = Registered
audit-did-verified = Verified
audit-did-signed-in = Signed in
audit-did-sign-in-failed = Sign-in failed
audit-did-signed-out = Signed out
audit-did-locked-out = Locked out
audit-did-factor-added = Second factor set up
audit-did-factor-removed = Second factor removed
audit-did-key-seen = Key used from a new address
audit-did-exported = Exported
audit-did-erased = Erased personal data
audit-did-commanded = Told to change
audit-did-command-confirmed = Command confirmed
audit-did-command-failed = Command failed
audit-did-command-cancelled = Command cancelled

## What it was done to
audit-noun-client = Client
audit-noun-site = Site
audit-noun-type = Type
audit-noun-equipment = Equipment
audit-noun-point = Point
audit-noun-connection = Connection
audit-noun-bacnet = BACnet device
audit-noun-device = Device
audit-noun-user = Person
audit-noun-api-key = API key
audit-noun-dashboard = Dashboard
audit-noun-maintenance = Maintenance
audit-noun-note = Note on a chart
audit-noun-samples = Samples
audit-noun-field = Custom field
audit-noun-discovered = Unknown device
audit-noun-provider = Sign-in provider
audit-noun-audit = Audit log

## The page
audit-title = Audit log
audit-lead = Who did what, when and from where. Nothing here can be changed or removed; each entry holds the hash of the one before.
audit-count =
    { $n ->
        [0] No entry
        [one] { $count } entry shown
       *[other] { $count } entries shown
    }
audit-none = No entry matches these filters.
audit-none-at-all = Nothing was recorded yet.
audit-clear = Clear the filters
audit-filter = Filters
audit-who = Who
audit-who-hint = A name, an address, or user:7
audit-action = What
audit-any = Everything
audit-noun = To what
audit-key = Key
audit-from = From
audit-until = Until
audit-text = Text
audit-apply = Apply
audit-when = When
audit-where = From where
audit-before = Before
audit-after = After
audit-field = Field
audit-nothing = nothing
audit-forgotten = forgotten
audit-older = Older entries
audit-newest = Newest entries
audit-export-csv = Export as CSV
audit-export-jsonl = Export as JSON lines
audit-date-fault = Give a date such as 2026-11-20.
audit-person = Person no. { $n }
audit-history = its history
audit-noun-account = Account
