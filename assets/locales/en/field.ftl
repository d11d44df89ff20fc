# Connections and their messages
connection-address = Address
connection-since = In this state for
connection-next = Next try in
connection-attempts = Attempts
connection-rate = Per second
connection-per-second = { $messages } messages, { $bytes } bytes
connection-latency = Answers in
connection-try = Test
connection-start = Start
connection-stop = Stop
connection-edit = Edit
connection-works = The peer answers and lets us in.
trace = Newest messages
trace-note = While you look; secrets are covered
trace-pause = Pause
trace-none = No message since you are looking.
trace-elsewhere = It does not run here: it is stopped, or another server runs it.
trace-when = When
trace-way = Way
trace-in = in
trace-out = out
trace-source = Source
trace-raw = Message
trace-decoded = Understood as

# The device browser
browser = Devices behind this connection
browser-open = Discover devices
browser-look = Look around
browser-stop = Stop looking
browser-before = Nobody has looked around yet. Looking writes nothing to the devices.
browser-looking = { $n ->
    [one] Looking: { $count } device so far.
   *[other] Looking: { $count } devices so far.
  }
browser-found = { $n ->
    [one] { $count } device was found.
   *[other] { $count } devices were found.
  }
browser-progress = How far it is
browser-devices = Devices that were found
browser-adopt = Adopt
browser-adopted = In the model
browser-site = Where it stands
browser-no-site = Make a site first
browser-more-points = and { $count } more
