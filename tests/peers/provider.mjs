// An OpenID Connect provider for tests (npm oidc-provider) whose one person consents to everything.
// Usage: node provider.mjs PORT REDIRECT_URI EMAIL GROUP   prints "ready" when it listens.

import Provider from "oidc-provider";

const [port, redirect, email, group] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [{ client_id: "vigie", client_secret: "a secret of this test", redirect_uris: [redirect] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
  // What we ask for is in the token itself, not only behind the user info endpoint.
  conformIdTokenClaims: false,
  pkce: { methods: ["S256"], required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/consent/${interaction.uid}` },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email, email_verified: true, name: "Olga of the provider", groups: [group] }),
  }),
});

provider.use(async (context, next) => {
  if (!context.path.startsWith("/consent/")) return next();
  const { prompt, params, session } = await provider.interactionDetails(context.req, context.res);
  if (prompt.name === "login") {
    return provider.interactionFinished(context.req, context.res, { login: { accountId: "olga-1" } });
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const grantId = await grant.save();
  return provider.interactionFinished(context.req, context.res, { consent: { grantId } }, { mergeWithLastSubmission: true });
});

provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
