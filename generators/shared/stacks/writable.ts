/** Folders that a container writes to; everything else of it is read-only. */
import type { Service } from '../../../src/model.ts';
import { workdir } from '../image-install.ts';

/** null for an image of the user's: nobody knows what it writes. */
export function writableFolders(service: Service): readonly string[] | null {
  if (service.files.dockerfileOwner === 'user') return null;
  if (service.framework !== 'nextjs') return ['/tmp'];
  // Rendered pages and images.
  return ['/tmp', `${workdir(service)}/${service.buildOutput ?? '.next'}/cache`];
}
