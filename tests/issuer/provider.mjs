// An OpenID provider on loopback for the tests, `oidc-provider` as its makers ship it. Started by tests/support/issuer.py, which
// speaks to it in lines of JSON: its standard input takes commands, its standard output gives one answer to each.
//
//   {"start": {"port", "jwks", "clients": [{"client_id", "client_secret"}], "claims": {client_id: {…}}, "audience", "algorithm"}}
//   {"jwks": {…}}        other signing keys from now on
//   {"stall": true}      discovery and keys are not answered any more; false: again, the held ones too
//   {"counts": true}     how often discovery and keys were asked for
import http from 'node:http';
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

const modules = process.argv[2];
const { default: Provider } = await import(pathToFileURL(path.join(modules, 'oidc-provider/lib/index.js')).href);

let settings;
let handle; // of the present provider
let stalled = false;
const held = [];
const counts = { discovery: 0, keys: 0 };

function configuration() {
  const { audience, algorithm, claims } = settings;
  return {
    jwks: settings.jwks,
    clients: settings.clients.map((client) => ({
      ...client, grant_types: ['client_credentials'], redirect_uris: [], response_types: [],
      id_token_signed_response_alg: algorithm,
    })),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        getResourceServerInfo: (_context, resource) => ({
          scope: 'lake.read lake.write', audience: resource, accessTokenTTL: 600, accessTokenFormat: 'jwt',
          jwt: { sign: { alg: algorithm } },
        }),
      },
    },
    ttl: { ClientCredentials: 600 },
    extraTokenClaims: (_context, token) => claims[token.clientId],
  };
}

function renew() {
  const provider = new Provider(`http://127.0.0.1:${settings.port}`, configuration());
  provider.on('server_error', (_context, error) => console.error(error));
  handle = provider.callback();
}

function serve(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  const published = pathname === '/jwks' || pathname === '/.well-known/openid-configuration';
  if (published) counts[pathname === '/jwks' ? 'keys' : 'discovery'] += 1;
  if (published && stalled) {
    held.push([request, response]);
  } else {
    handle(request, response);
  }
}

const commands = {
  start: async (wanted) => {
    settings = wanted;
    const server = http.createServer(serve);
    await new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(settings.port, '127.0.0.1', resolve);
    });
    settings.port = server.address().port;
    renew();
    return { port: settings.port };
  },
  jwks: async (jwks) => {
    settings.jwks = jwks;
    renew();
    return {};
  },
  stall: async (on) => {
    stalled = on;
    if (!on) held.splice(0).forEach(([request, response]) => handle(request, response));
    return {};
  },
  counts: async () => counts,
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const [[name, value]] = Object.entries(JSON.parse(line));
  try {
    process.stdout.write(`${JSON.stringify(await commands[name](value))}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`);
  }
}
process.exit(0);
