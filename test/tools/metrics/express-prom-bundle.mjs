// express-prom-bundle with method and path, and the default metrics.
import express from 'express';
import bundle from 'express-prom-bundle';

const app = express();
app.use(bundle({ includeMethod: true, includePath: true, promClient: { collectDefaultMetrics: {} } }));
app.get('/a-route', (_, response) => response.send('yes'));
app.get('/fails', (_, response) => response.status(500).send('no'));
app.listen(Number(process.env.PORT), '127.0.0.1');
