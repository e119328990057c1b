/** The formats that are merged by their parts, beside YAML. The first that matches a path reads it. */
import type { Format } from '../format.ts';
import { dockerfileFormat } from './dockerfile.ts';
import { generatedFormat, jsoncFormat, jsonFormat } from './json.ts';
import { dotenvFormat, ignoreFormat } from './lines-format.ts';
import { makefileFormat } from './makefile.ts';
import { markdownFormat } from './markdown.ts';
import { tomlFormat } from './toml.ts';

export const formats: readonly Format[] = [
  generatedFormat,
  jsonFormat,
  jsoncFormat,
  tomlFormat,
  dockerfileFormat,
  ignoreFormat,
  dotenvFormat,
  makefileFormat,
  markdownFormat,
];
