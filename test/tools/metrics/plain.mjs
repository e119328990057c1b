// Knows nothing of metrics: our module is loaded before it.
import { createServer } from 'node:http';

createServer((request, response) => {
  response.statusCode = request.url === '/fails' ? 500 : 200;
  response.end('answer');
}).listen(Number(process.env.PORT), '127.0.0.1');
