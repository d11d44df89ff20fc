## The page of the API
docs-title = API
docs-lead = Tout ce que fait ce portail, un programme peut le faire. Ce que vous essayez ici est fait pour de bon, avec votre session.
docs-download = Télécharger le document OpenAPI
