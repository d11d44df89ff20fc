# Pages of administrators: lists, forms, what is wrong with them.

nav-settings = Settings
settings = Settings
settings-nav = What can be administered
settings-sites = Sites
settings-types = Types
settings-equipment = Equipment
settings-connections = Connections
settings-devices = Devices
settings-users = People
settings-new-sites = Add a site
settings-new-types = Add a type
settings-new-equipment = Add equipment
settings-new-connections = Add a connection
settings-new-devices = Add a device
settings-new-users = Add a person
settings-new-point = Add a point
settings-empty-title = Nothing here
settings-empty-sites = Add the first site: a building, a car park, a depot.
settings-empty-types = A type says which points equipment has. Add one, or take one from the library by its key.
settings-empty-equipment = Add what is measured, or let devices of a known type appear by themselves.
settings-empty-connections = A connection says where readings come from: a broker, devices that come here, a program.
settings-empty-devices = A device is a credential with which something signs in to the MQTT endpoint.
settings-empty-users = Nobody matches.
settings-count =
    { $n ->
        [one] { $count } in all
       *[other] { $count } in all
    }
settings-more =
    { $n ->
        [one] { $count } more; search to find it
       *[other] { $count } more; search to find them
    }
settings-saved = { $name } is saved.
settings-removed = { $name } is removed.
settings-in-use = Something still stands on it. Remove or move that first.
settings-quota = There may be { $most } of these at most. Remove one first, or ask the operator for more.
settings-changed = Somebody else changed this while you were typing. Below is what it says now; save again to keep yours.
settings-faults =
    { $n ->
        [one] One field is not right yet. Nothing was saved.
       *[other] { $count } fields are not right yet. Nothing was saved.
    }
settings-save = Save
settings-cancel = Cancel
settings-remove = Remove…
settings-remove-go = Remove
settings-remove-sites = The site goes. What stands on it has to be moved first. You can take this back for a moment.
settings-remove-types = The type goes with the description of its points. Equipment of this type has to go first. You can take this back for a moment.
settings-remove-equipment = The equipment goes with its points and all of their history. This cannot be taken back.
settings-remove-connections = Readings no longer come over it. Its secrets are forgotten. You can take the rest back for a moment.
settings-remove-devices = The device is sent away and its secret forgotten. This cannot be taken back.
settings-remove-users = The person can no longer sign in; what they did stays in the log. This cannot be taken back.
settings-remove-point = The point goes from the type and from all equipment of it, with its history. This cannot be taken back.
undo = Undo
field-optional = optional
field-name = Name
field-name-hint = What people call it
field-key = Key
field-key-hint = Without blanks at its ends and without / + # {"{"} {"}"}; devices, routes and manifests name it
field-parent = Lies in
field-address = Address
field-latitude = Latitude
field-latitude-hint = Degrees north, such as 47.2184
field-longitude = Longitude
field-longitude-hint = Degrees east, such as -1.5536
field-time_zone = Time zone
field-time_zone-hint = IANA name, such as Europe/Paris
field-position = Place in the order
field-name_fr = Name in French
field-icon = Symbol
field-brick = Brick class
field-haystack = Haystack tags
field-haystack-hint = With commas between
field-bookable = Can be reserved
field-site = Site
field-type = Type
field-model = Maker and model
field-serial = Serial number
field-note = Note
field-protocol = Protocol
field-enabled = In use
field-config = Configuration
field-config-hint = JSON in the shape of a manifest. A stored secret shows as {"{"}"sealed": true{"}"} and stays; type its text to replace it.
field-email = E-mail address
field-role = Role
field-disabled = May not sign in
field-password = Password
field-password-hint = To begin with; the first sign-in asks for another
field-kind = Kind
field-unit = Unit
field-unit-hint = Such as kW, °C, %
field-decimals = Decimals
field-states = States
field-states-hint = A line each: 0 = FREE
field-normal_min = Normal from
field-normal_max = Normal to
field-valid_min = Valid from
field-valid_max = Valid to
field-period_s = Seconds between readings
field-period_s-hint = Left out, it reports changes only
kind-number = Number
kind-boolean = Yes or no
kind-state = State
protocol-mqtt = MQTT: we connect to a broker
protocol-mqtt-endpoint = MQTT: devices connect here
protocol-http = HTTP: a program writes
role-viewer = Viewer
role-member = Member
role-operator = Operator
role-admin = Administrator
user-disabled = may not sign in
device-let-in = Let in
device-revoked = Refused
device-seen = last seen: { $age }
device-secret = Secret of the device
device-secret-text = This is shown once. Put it into the device now; nobody can read it again, only make another.
device-secret-kept = I have kept it
device-user-name = User name
device-rotate = Make another secret
device-rotate-text = The present secret ends at once; the device has to be given the new one.
fault-missing = This is needed.
fault-empty = Write something here.
fault-too-long = At most { $most } characters.
fault-too-many = At most { $most }.
fault-invisible = There are characters in it that cannot be seen. Type it anew.
fault-shape = This cannot be read: { $detail }.
fault-not-one-of = “{ $word }” is not among: { $allowed }.
fault-key = 1 to 128 characters, without blanks at its ends and without / + # {"{"} {"}"}.
fault-taken = “{ $key }” is taken already. Choose another.
fault-unknown = There is no “{ $key }”, or no longer.
fault-circle = It would lie in itself: { $way }.
fault-time-zone = There is no time zone “{ $zone }”. Write an IANA name, such as Europe/Paris.
fault-unit = The unit “{ $unit }” is not known.
fault-colour = Write a colour such as #1e5b46.
fault-contrast = White text on this colour cannot be read (contrast { $ratio }, at least 4.5). Choose a darker one.
fault-email = Write an address such as name@example.com.
fault-degrees = Degrees from −{ $most } to { $most }.
fault-half-position = Latitude and longitude go together: give both or none.
fault-range = A whole number from { $least } to { $most }.
fault-limits = The lower limit comes first.
fault-unit-of = Only a number has a unit.
fault-states-missing = A state needs its words, a line each: 0 = FREE.
fault-states-of-other = Only a state has words for its codes.
fault-state-twice = “{ $word }” is there twice.
fault-of-type = This point belongs to the type { $kind }; change it there.
fault-secret-by-reference = Type the secret itself; references are for manifests.
fault-secret-again = Where this leads has changed: type the secret again.
fault-secret-absent = There is no stored secret to keep: type it.
fault-config = { $detail }
fault-too-short = At least { $least } characters.
fault-last-admin = This is the last administrator who can sign in. Name another first.
fault-network = Write an address or a network such as 192.0.2.0/24.
fault-locks-out = Your own address { $address } is not in the list; you would lock yourself out.
fault-instant = Write a date and a time such as 2026-11-20T14:32:00Z.
fault-past = It must lie in the future.

## First steps
start-title = Welcome
start-text = Three steps, about ten minutes. You can leave and come back: nothing is lost.
start-site = Add a site
start-site-go = Add the site
start-change = Change
start-device = Connect a device
start-device-text = It sends to the MQTT endpoint of this platform. Say what it measures; its credential follows.
start-device-name = Name of the device
start-point = What it measures
start-device-go = Make its credential
start-device-made = Paste one of these where the device is, or anywhere with network. The password is shown once.
start-no-door = This installation does not run the MQTT endpoint. Add a connection to your broker under Settings, or ask the operator.
start-wait-site = Waits for step 1.
start-value = See the first value
start-value-text = It appears here by itself, with its time and its quality.
start-value-page = Open the page of the equipment
start-value-wait = Waits for step 2. The first value will appear here, with its time and its quality.
start-go = First steps

## What refusals of single fields speak of
fault-server-file = This names a file of the server; only a manifest may.
fault-beyond = A key may do no more than you may.
