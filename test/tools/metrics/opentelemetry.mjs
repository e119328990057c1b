// OpenTelemetry's instrumentation of node:http with the Prometheus exporter, which opens a server of its own.
import { createRequire } from 'node:module';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

const exporter = new PrometheusExporter({ port: Number(process.env.METRICS_PORT), host: '127.0.0.1' });
registerInstrumentations({
  meterProvider: new MeterProvider({ readers: [exporter] }),
  instrumentations: [new HttpInstrumentation(), new RuntimeNodeInstrumentation({ monitoringPrecision: 10 })],
});
const http = createRequire(import.meta.url)('node:http');
http
  .createServer((request, response) => {
    response.statusCode = request.url === '/fails' ? 500 : 200;
    response.end('answer');
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
