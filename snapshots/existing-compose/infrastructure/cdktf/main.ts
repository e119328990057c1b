/** Writes cdktf.out: one folder of plain Terraform JSON for each stack of each environment. */
import { App } from '#cdk';
import { buildApp } from './app.js';
import { environments } from './config/index.js';

buildApp(new App({ outdir: 'cdktf.out' }), environments).synth();
