// The page of the API: the document of our own host, made readable and tried out with the session.

import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";

const domNode = document.querySelector("[data-api]");
if (domNode) {
  SwaggerUI({
    url: "/api/v1/openapi.json",
    domNode,
    deepLinking: true,
    // No other host is asked whether the document is right: a test does.
    validatorUrl: null,
    displayRequestDuration: true,
    filter: true,
  });
}
