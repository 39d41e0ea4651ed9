#!/usr/bin/env node
import { main } from './cli/main';

// `weightroom runs | head` closes the pipe when it has enough.
process.stdout.on('error', () => process.exit(0));
void main(process.argv.slice(2)).then((code) => process.exit(code));
