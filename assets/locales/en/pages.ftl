# One section per page.

## Sign-in
sign-in-title = Sign in
sign-in-what = Live values and history of your sites.
sign-in-email = E-mail address
sign-in-password = Password
sign-in-go = Continue
sign-in-cookie = This page sets one cookie, that of your session.
sign-in-wrong = Unknown address or password.
sign-in-wait = Too many tries. Try again in { $wait }.

## Overview
overview-normal = Everything is normal
overview-waiting = Nothing has been received yet
overview-to-look-at =
    { $n ->
        [one] { $count } piece of equipment needs a look
       *[other] { $count } pieces of equipment need a look
    }
overview-sites-normal =
    { $n ->
        [0] No site is normal.
        [one] { $count } site of { $all } is normal.
       *[other] { $count } sites of { $all } are normal.
    }
overview-site-normal = The site is normal.
overview-site-not-normal = The site is not normal.
overview-attention = What needs a look
overview-more =
    { $n ->
        [one] { $count } more
       *[other] { $count } more
    }
overview-sorted = sorted by state
overview-main-value = Main value
overview-stale = Stale points
overview-stale-none = Every value is as fresh as it should be.
overview-stale-all = See all { $count }
overview-changes = Latest changes
overview-changes-none = Nothing was changed yet.
overview-empty-title = No site yet
overview-empty-text = Sites, equipment and their values appear here once there are some.
overview-reporting = Equipment reporting
overview-reporting-cover = { $stale } silent, { $offline } offline, { $waiting } waiting
overview-fresh = Fresh points
overview-fresh-cover = { $stale } stale, { $bad } of bad quality
overview-of = of { $all }
overview-cover =
    { $n ->
        [one] { $count } of { $all } point
       *[other] { $count } of { $all } points
    }
total-battery-power = Battery power
total-battery-soc = Mean state of charge
total-meter-power = Measured power
total-parking-free = Free spaces
main-power = Power
main-free = Free spaces
stale-points =
    { $n ->
        [one] { $count } stale point
       *[other] { $count } stale points
    }
bad-points =
    { $n ->
        [one] { $count } point of bad quality
       *[other] { $count } points of bad quality
    }
last-at = last value { $time }
change-created = Added: { $subject }
change-changed = Changed: { $subject }
change-renamed = Renamed: { $subject }
change-removed = Removed: { $subject }
change-revoked = Revoked: { $subject }
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
        [one] equipment { $name }
       *[other] { $count } pieces of equipment
    }
change-of-connection =
    { $n ->
        [one] connection { $name }
       *[other] { $count } connections
    }
change-of-device =
    { $n ->
        [one] device { $name }
       *[other] { $count } devices
    }
change-of-user =
    { $n ->
        [one] user { $name }
       *[other] { $count } users
    }

## Equipment list
tree-label = Sites and equipment
tree-site-page = Site page
tree-filter = Filter the tree
filter-text = Name, key, serial…
filter-go = Filter
filter-remove = Remove
filter-clear = Clear all
filter-site = Site
filter-type = Type
filter-state = State
group-by = Group by
group-type = type
group-site = site
found-equipment =
    { $n ->
        [one] { $count } piece of equipment
       *[other] { $count } pieces of equipment
    }
list-empty-title = Nothing matches
list-empty-text = Remove a filter, or search for a part of the name.
list-more = Show all { $count }

filter-health = Values
filter-seen = Last seen
filter-save = Save this filter
filter-save-go = Save
filter-name = Name of the filter
filter-saved = Saved filters
filter-forget = Forget
seen-hour = within the hour
seen-day = within a day
seen-week = within a week
seen-longer = longer ago
seen-never = never
group-none = nothing
view-label = Layout
view-table = Table
view-list = List
view-grid = Grid
found-of-equipment =
    { $n ->
        [one] { $count } of { $all } piece of equipment
       *[other] { $count } of { $all } pieces of equipment
    }
pager-label = Pages
pager-place = { $from } to { $to } of { $all }
pager-previous = Previous
pager-next = Next
tree-all = See them all
tree-more-sites =
    { $n ->
        [one] { $count } more site on the map
       *[other] { $count } more sites on the map
    }

## Search
search-what = Name, key, serial, site, note, point…
search-hint = All words must match; a typo is forgiven. The keys / and Ctrl-K lead here from every page.
search-none = Nothing matches. Try fewer words.

## Map
map = Map
map-what = the worst state of each site
map-label = Map of the sites; the list beside it says the same
map-failed = The map did not load. The list of sites has the same states.
map-equipment = equipment: { $n }
map-closer = Closer
map-farther = Farther
map-placed =
    { $n ->
        [one] { $count } of { $all } sites has a place on earth;
       *[other] { $count } of { $all } sites have a place on earth;
    }
map-more =
    { $n ->
        [one] { $count } more on the map
       *[other] { $count } more on the map
    }
overview-all-sites = All { $count } sites

## Comparison
compare = Compare
compare-what = Points of any equipment over one axis of time, four to an axis. The address keeps what you choose.
compare-these = Compare…
compare-add = Add a point: equipment and name
compare-remove = Take off
compare-full = Sixteen points are drawn at most; take one off to add another.
compare-empty-title = No point chosen yet
compare-empty-text = Search for a point above, or start from the charts of an equipment.

## Notes on charts
notes = Notes
notes-none = No note in this range.
note-add = Add a note
note-at = When
note-at-hint = On the clock of the site. A press on a chart fills it in.
note-save = Save the note
note-change = Change the note
note-remove = Remove the note
note-nobody = somebody who is gone

## Equipment
live-values = Live values
parts = Parts
part-of = Part of
note = Note
model = Model
serial = Serial no.
key = Key
added = Added
heard-ago = Last value { $age } ago
heard-on = Last value { $date }
heard-never = Nothing received yet
no-points-title = No points
no-points-text = This type has no points; the manifest can add some.
flags-title = What is wrong
flags-none = Nothing: none of the device’s flags is up.
cells-spread = { $min } to { $max }, spread { $spread }
cells-scale = Colour: against the mean of all, brown below, teal above.
series-cell-voltage = Cell voltages
series-cell-temperature = Cell temperatures

## Charts
charts-label = Charts
chart-band = min to max
charts-need-script = Charts need JavaScript. The table of each point shows the same values.
chart-points = Points…
chart-points-show = Show these points
free-range = Range…
range-from = From
range-to = To
range-show = Show
range-1h = 1 h
range-6h = 6 h
range-24h = 24 h
range-7d = 7 d
range-30d = 30 d
range-1y = 1 y
chart-no-data = no data, { "{length}" }
chart-failed = The history did not answer. The chart will try again.
chart-summary = { "{name}" }: from { "{min}" } to { "{max}" }, last { "{last}" }, { "{gaps}" } gaps in the data.
chart-summary-empty = { "{name}" }: no data in this range.
limit-normal = Normal

## Point
point-key = Key
point-unit = Unit
point-period = Expected every
point-on-change = on change
point-valid = Valid
point-normal = Normal
point-range = { $low } to { $high }
point-equipment = Equipment
point-api = API
table-samples = Values
table-rollups = Hours
table-rollups-day = Days
table-newest = the newest { $count } of this range
table-time = Time
table-value = Value
table-quality = Quality
table-n = Samples
table-min = Min
table-mean = Mean
table-max = Max
table-empty = There is no data in this range.

## Site
sites-inside = Sites inside
site-address = Address
site-position = Position
site-zone = Time zone
site-empty-title = No equipment here yet
site-empty-text = It appears when the manifest names it, or when a device of a known type speaks.
site-summary =
    { $n ->
        [one] { $count } piece of equipment
       *[other] { $count } pieces of equipment
    }
park-free = Free
park-taken = Occupied
park-unknown = Unknown
park-of = of { $all }
park-plan = Plan, spaces { $from } to { $to }
park-key-free = free
park-key-taken = occupied
park-key-unknown = sensor silent or faulty

## Connections
connection = Connection
protocol = Protocol
messages = Messages
refused = Refused
last-error = Last error
connections-normal = All connections are up.
connections-down =
    { $n ->
        [one] { $count } of { $all } is not connected.
       *[other] { $count } of { $all } are not connected.
    }
connections-off =
    { $n ->
        [one] { $count } of { $all } is switched off.
       *[other] { $count } of { $all } are switched off.
    }
connections-empty-title = No connection yet
connections-empty-text = Connections come from the manifest of this client. Programs can also write over HTTP.
connection-connected = Connected
connection-connecting = Connecting
connection-waiting = Waiting
connection-offline = Offline
connection-disabled = Disabled
no-error = none
rejects = Refused readings
rejects-none = Nothing was refused.
rejects-newest = Newest examples
rejects-since = counted since the beginning
reason = Reason
count = Count
last-time = Last
discovered = Discovered devices
discovered-note = they spoke, but the model does not name them
discovered-none = Every device that spoke is known.
discovered-none-text = What speaks and is not in the model appears here, to be taken in with one click.
discovered-count =
    { $n ->
        [0] {""}
        [one] { $count } device spoke that the model does not name.
       *[other] { $count } devices spoke that the model does not name.
    }
discovered-see = Take in or dismiss
discovered-said = Said last
discovered-adopt = Take in
discovered-dismiss = Do not list again
discovered-adopted = { $name } is equipment now; its readings count from here on.
discovered-dismissed = { $name } is not listed again.

## Errors and the base domain
error-line = Error { $status }
error-quote = If you call us, give this number:
error-home = Go to the overview
error-again = Try again
error-sign-in = Sign in
error-unknown-host-title = There is no portal at this address
error-unknown-host-text = Check the spelling of the address, or ask who gave it to you.
error-suspended-title = This portal is closed for now
error-suspended-text = The operator of this platform suspended it. What was recorded is kept.
error-not-found-title = There is no such page
error-not-found-text = It may have been removed or renamed. The search finds equipment by name.
error-forbidden-title = You may not do this
error-forbidden-text = Your account does not have the right, or the request came from another site.
error-invalid-title = This address is not complete
error-invalid-text = A part of it cannot be read: { $detail }
error-too-many-title = Too many tries
error-too-many-text = Wait a moment, then try again.
error-unavailable-title = This page cannot be shown right now
error-unavailable-text = The database did not answer in time. Devices stay connected and nothing acknowledged is lost.
error-internal-title = Something of ours is broken
error-internal-text = It was written down. Your devices are not affected.
landing-title = Vigie
landing-text = Each client has an address of their own, such as { $example }. Use the one you were given.

## Several at once
bulk-title = Change several at once
bulk-choose = Choose
bulk-chosen = chosen
bulk-move = Move there
bulk-field = Field
bulk-value = Value
bulk-set = Set
bulk-remove-text = The chosen equipment goes with its points and all of their history.
bulk-undo = You can take this back now.
bulk-undo-remove = You can bring the equipment back now; its history is gone.
bulk-back = Back to the list
bulk-done-move =
    { $n ->
        [one] { $count } is moved
       *[other] { $count } are moved
    }
bulk-done-field =
    { $n ->
        [one] { $count } is changed
       *[other] { $count } are changed
    }
bulk-done-remove =
    { $n ->
        [one] { $count } is removed
       *[other] { $count } are removed
    }
bulk-done-refused =
    { $n ->
        [one] { $count } is as it was
       *[other] All { $count } are as they were
    }

## Why readings are refused
reject-bad-json = Is not JSON
reject-not-text = Is not text
reject-no-route = No route takes this topic
reject-no-value = The value is not where the route looks
reject-not-a-value = Is no value
reject-not-an-array = Is not a list
reject-unknown-state = A state without a word
reject-bad-time = The time cannot be read
reject-bad-key = Nothing can be called that
reject-too-many = Too many values in one message
reject-too-large = The message is too large
reject-bad-line = The line cannot be read
reject-bad-shape = The body has another shape
reject-unknown-equipment = Equipment that the model does not name
reject-unknown-point = A point that the equipment does not have
reject-not-finite = Is not a finite number
reject-not-a-number = Is not a number
reject-bad-unit = The unit does not fit
reject-future = Its time lies in the future
reject-ancient = Its time is too long ago
reject-quota = More than the quota allows
reject-points-quota = The quota of points is used up
reject-storage-quota = The quota of storage is used up
