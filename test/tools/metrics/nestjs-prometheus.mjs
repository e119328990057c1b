// @willsoto/nestjs-prometheus with a histogram of our own; decorators called as the functions that they are.
import 'reflect-metadata';
import { Controller, Get, HttpCode, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getToken, makeHistogramProvider, PrometheusModule } from '@willsoto/nestjs-prometheus';

class Routes {
  answers() {
    return 'yes';
  }
  fails() {
    return 'no';
  }
}
const own = (name) => Object.getOwnPropertyDescriptor(Routes.prototype, name);
Get('a-route')(Routes.prototype, 'answers', own('answers'));
Get('fails')(Routes.prototype, 'fails', own('fails'));
HttpCode(500)(Routes.prototype, 'fails', own('fails'));
Controller()(Routes);

class App {}
Module({
  imports: [PrometheusModule.register()],
  controllers: [Routes],
  providers: [
    makeHistogramProvider({
      name: 'http_request_duration_seconds',
      help: 'Duration of requests.',
      labelNames: ['method', 'route', 'status_code'],
    }),
  ],
})(App);

const app = await NestFactory.create(App, { logger: false });
const duration = app.get(getToken('http_request_duration_seconds'));
app.use((request, response, next) => {
  const end = duration.startTimer({ method: request.method });
  response.on('finish', () => end({ route: request.route?.path ?? 'none', status_code: response.statusCode }));
  next();
});
await app.listen(Number(process.env.PORT), '127.0.0.1');
