# Words that many pages share.

skip-to-content = Skip to the content
nav-main = Main
nav-sections = Sections
nav-overview = Overview
nav-equipment = Equipment
nav-parking = Parking
nav-connections = Connections
search = Search
sign-out = Sign out
language = Language
theme = Theme
theme-label = Theme:
theme-system = system
theme-light = light
theme-dark = dark
times-in = Times in { $place } ({ $offset })
times-there = the place: { $place } ({ $offset })
last-value-at = Last value received { $time }
crumbs-label = Where you are
yes = Yes
no = No
sites = Sites
site = Site
state = State
name = Name
type = Type
details = Details
points = Points
history = History
seen = Seen
last-reading = Last reading
last-24-h = 24 h
equipment-short = Equip.
no-data = no data
never-received = never received

# Quality of a value.
quality-good = good
quality-uncertain = uncertain
quality-bad = bad
quality-stale = stale
quality-none = never received

# State of an equipment or a site.
condition-offline = Offline
condition-bad = Bad quality
condition-stale = Stale
condition-waiting = Waiting
condition-normal = Normal

# Ages and lengths of time.
age-seconds = { $n } s
age-minutes = { $n } min
age-hours = { $n } h
age-hours-minutes = { $h } h { $m } min
age-days = { $n } d
ago = { $age } ago

# Calendar.
month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = Jun
month-7 = Jul
month-8 = Aug
month-9 = Sep
month-10 = Oct
month-11 = Nov
month-12 = Dec
long-month-1 = January
long-month-2 = February
long-month-3 = March
long-month-4 = April
long-month-5 = May
long-month-6 = June
long-month-7 = July
long-month-8 = August
long-month-9 = September
long-month-10 = October
long-month-11 = November
long-month-12 = December
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
long-date-time = { $weekday } { $day } { $month } { $year }, { $time }

# Named states of points.
state-free = Free
state-occupied = Occupied
state-closed = Closed
state-opening = Opening
state-opened = Open
state-open = Open
state-closing = Closing
state-idle = Idle
state-charging = Charging
state-discharging = Discharging
state-fault = Fault
state-on = On
state-off = Off
state-running = Running
state-stopped = Stopped
state-standby = Standby
state-auto = Automatic
state-manual = Manual
state-heating = Heating
state-cooling = Cooling
state-available = Available
state-unavailable = Unavailable
state-preparing = Preparing
state-finishing = Finishing
state-suspended = Suspended
state-reserved = Reserved
state-starting = Starting
state-ok = OK
state-normal = Normal
state-alarm = Alarm
state-active = Active
state-producing = Producing
state-derated = Derated
state-faulted = In fault
state-islanded = On its own
state-stopping = Stopping
state-defrost = Defrosting
state-ventilation = Ventilation
state-free-cooling = Free cooling

# The live feed, in the top bar.
feed-connecting = Connecting
feed-live = Live
feed-live-delay = Live · { $delay } s
feed-offline = Offline since { $time }

## Without network
offline-title = You are offline
offline-note = This page is as it was when you last opened it.
offline-from = This page is as it was on { $time }. Ages count on; nothing here is live.
offline-text = This page was not opened on this device before. It will show when the network is back.
