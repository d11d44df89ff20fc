## The page of the API
docs-title = API
docs-lead = Everything this portal does, programs can do. What you try here is done for real, with your session.
docs-download = Download the OpenAPI document
