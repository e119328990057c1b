#!/usr/bin/env node
import { main } from '../dist/main.js';

process.exitCode = await main(process.argv.slice(2));
// What code of a project left open, a timer or a socket, does not hold a command that is done and whose output is read.
const isRead = () => process.stdout.writableLength === 0 && process.stderr.writableLength === 0;
setInterval(() => isRead() && process.exit(), 100).unref();
