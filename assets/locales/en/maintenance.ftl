maintenance-title-all = Maintenance
maintenance-late =
    { $n ->
        [0] Nothing is overdue.
        [one] { $count } piece of work is overdue.
       *[other] { $count } pieces of work are overdue.
    }
maintenance-everywhere = All equipment
maintenance-new = Plan work
maintenance-plan = Plan
maintenance-save = Save
maintenance-title = What to do
maintenance-notes = Notes
maintenance-due = Due on
maintenance-done = Done on
maintenance-when = When
maintenance-due-on = due { $date }
maintenance-late-since = overdue since { $date }
maintenance-done-on = done { $date }
maintenance-no-day = no date
maintenance-done-by = Done by
maintenance-done-today = Done today
maintenance-remove = Remove this work
maintenance-remove-what = What was written about it is lost; the audit log keeps that it was there.
maintenance-group-late = Overdue
maintenance-group-soon = In the next 30 days
maintenance-group-later = Later, or without a date
maintenance-group-done = Done
maintenance-empty-title = No work is written down
maintenance-choose = Choose equipment
maintenance-empty-text = Open a piece of equipment and choose “Plan work”.
maintenance-none = Nothing planned, nothing done yet.
maintenance-all = All of it
maintenance-title-fault = Say in 1 to 120 characters what to do.
maintenance-notes-fault = Keep the notes under 10,000 characters.
maintenance-day-fault = Give a date such as 2026-11-20.
maintenance-stale = Somebody else changed this work meanwhile. Load the page again, then repeat your change.
service-title = Contact and warranty
service-contact_name = Whom to call
service-contact_phone = Telephone
service-contact_email = E-mail
service-warranty_until = Under warranty until
service-contact_name-fault = Use at most 120 characters.
service-contact_phone-fault = Use at most 120 characters.
service-contact_email-fault = Give an address such as name@example.com.
service-warranty_until-fault = Give a date such as 2026-11-20.
service-warranty = under warranty until { $date }
service-warranty-over = warranty ended { $date }
service-none = No contact, no warranty written down.
service-change = Contact and warranty
maintenance-files = Files
maintenance-file = File
maintenance-file-add = Add a file
maintenance-file-hint = At most 10 MB.
maintenance-file-go = Add
maintenance-file-remove = Remove
maintenance-file-failed = The file was not kept: the server cannot be reached. Try again.
maintenance-files-none = No files.
