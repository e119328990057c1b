// fastify-metrics as it comes.
import Fastify from 'fastify';
import metrics from 'fastify-metrics';

const app = Fastify();
await app.register(metrics.default ?? metrics, { endpoint: '/metrics' });
app.get('/a-route', async () => 'yes');
app.get('/fails', async (_, reply) => reply.code(500).send('no'));
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
