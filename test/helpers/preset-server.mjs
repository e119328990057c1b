/**
 * A registry or a git host for tests, as a process of its own: the tests wait for the command line synchronously. Prints its port.
 *
 *   node preset-server.mjs registry <folder with packages: manifest.json, *.tgz>
 *   node preset-server.mjs git <folder with bare repositories> <key.pem> <cert.pem>
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { join } from 'node:path';

const [kind, folder, key, cert] = process.argv.slice(2);

/** What npm asks for: a packument for each package, and its tarballs. */
function registry(request, response) {
  const path = decodeURIComponent(new URL(request.url, 'http://x').pathname);
  const { port } = request.socket.address();
  if (path.endsWith('.tgz')) {
    response.end(readFileSync(join(folder, path.split('/').at(-1))));
    return;
  }
  const packages = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const versions = packages.filter(({ name }) => `/${name}` === path);
  if (versions.length === 0) {
    response.writeHead(404).end('{"error":"not found"}');
    return;
  }
  const documents = versions.map(({ name, version, integrity, shasum, filename }) => [
    version,
    { name, version, dist: { integrity, shasum, tarball: `http://127.0.0.1:${port}/${filename}` } },
  ]);
  const latest = versions.at(-1).version;
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({ name: versions[0].name, 'dist-tags': { latest }, versions: Object.fromEntries(documents) }),
  );
}

/** git's own program behind https. */
function git(request, response) {
  const { pathname, search } = new URL(request.url, 'https://x');
  const backend = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: request.method,
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: request.headers['git-protocol'] ?? '',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
    },
  });
  request.pipe(backend.stdin);
  const chunks = [];
  backend.stdout.on('data', (chunk) => chunks.push(chunk));
  backend.on('close', () => {
    const all = Buffer.concat(chunks);
    const end = all.indexOf('\r\n\r\n');
    const headers = all
      .subarray(0, end)
      .toString('latin1')
      .split('\r\n')
      .map((line) => line.split(/: ?/));
    const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200';
    response.writeHead(Number.parseInt(status, 10), Object.fromEntries(headers.filter(([name]) => name !== 'Status')));
    response.end(all.subarray(end + 4));
  });
}

const server =
  kind === 'git'
    ? createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) }, git)
    : createServer(registry);
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
