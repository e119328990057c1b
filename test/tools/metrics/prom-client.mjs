// Own code on prom-client: a histogram with method, route and status_code.
import express from 'express';
import { collectDefaultMetrics, Histogram, register } from 'prom-client';

collectDefaultMetrics();
const duration = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Duration of requests.',
  labelNames: ['method', 'route', 'status_code'],
  buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5],
});
const app = express();
app.use((request, response, next) => {
  const end = duration.startTimer({ method: request.method });
  response.on('finish', () => end({ route: request.route?.path ?? 'none', status_code: response.statusCode }));
  next();
});
app.get('/a-route', (_, response) => response.send('yes'));
app.get('/fails', (_, response) => response.status(500).send('no'));
app.get('/metrics', async (_, response) => response.type(register.contentType).send(await register.metrics()));
app.listen(Number(process.env.PORT), '127.0.0.1');
