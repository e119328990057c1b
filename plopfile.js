/** `npm run new`: a generator of this repository, by plop; what it does stands in scripts/new.mjs. */
import { newGenerator } from './scripts/new.mjs';

// biome-ignore lint/style/noDefaultExport: plop calls the default export of a plopfile
export default function plopfile(plop) {
  newGenerator(plop);
}
