declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  export default function SwaggerUI(options: {
    url: string;
    domNode: Element;
    deepLinking?: boolean;
    validatorUrl?: null;
    displayRequestDuration?: boolean;
    filter?: boolean;
  }): unknown;
}
declare module "*.css";
