// Own code on prom-client, the older way: a counter with the status, and a histogram in milliseconds without it.
import express from 'express';
import { Counter, Histogram, register } from 'prom-client';

const count = new Counter({ name: 'http_requests_total', help: 'Requests.', labelNames: ['method', 'status'] });
const duration = new Histogram({
  name: 'http_response_time_ms',
  help: 'Duration of requests.',
  labelNames: ['method'],
  buckets: [50, 100, 500, 1000, 2500],
});
const app = express();
app.use(({ method }, response, next) => {
  const end = duration.startTimer({ method });
  response.on('finish', () => {
    end();
    count.inc({ method, status: response.statusCode });
  });
  next();
});
app.get('/a-route', (_, response) => response.send('yes'));
app.get('/fails', (_, response) => response.status(500).send('no'));
app.get('/metrics', async (_, response) => response.type(register.contentType).send(await register.metrics()));
app.listen(Number(process.env.PORT), '127.0.0.1');
