// Serves this page: `node examples/web/serve.mjs [PORT]`. On a server of your own, put load.mjs (Weightroom's
// loader) and tf.min.js (TensorFlow.js) beside index.html; any server of files will do.
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const tensorflow = path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs/package.json'));
const elsewhere = {
  '/load.mjs': path.resolve(here, '../../dist/load.mjs'),
  '/tf.min.js': path.join(tensorflow, 'dist/tf.min.js'),
};
const types = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
};

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  // The address was normalized: no ".." is left in it.
  const file =
    elsewhere[pathname] ?? path.join(here, pathname === '/' ? 'index.html' : decodeURIComponent(pathname));
  if (path.relative(here, file).startsWith('..') && !(pathname in elsewhere)) {
    response.writeHead(403).end();
    return;
  }
  createReadStream(file)
    .on('open', () =>
      response.setHeader('content-type', types[path.extname(file)] ?? 'application/octet-stream'),
    )
    .on('error', () => response.writeHead(404).end())
    .pipe(response);
});
server.listen(Number(process.argv[2] ?? 8080), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});
