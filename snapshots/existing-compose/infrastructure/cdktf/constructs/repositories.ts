/** One image repository a service, and one for its migrations. */
import { EcrLifecyclePolicy } from '#aws/ecr-lifecycle-policy';
import { EcrRepository } from '#aws/ecr-repository';
import { Construct } from 'constructs';
import { facts } from '../config/services.js';
import { migrationsImage, repository } from '../lib/names.js';

export interface RepositoriesProps {
  readonly prefix: string;
  readonly keyArn: string;
}

/** A rollback needs an image that still is there. */
const KEPT = 50;

export class Repositories extends Construct {
  readonly urls: Record<string, string> = {};

  constructor(scope: Construct, id: string, { prefix, keyArn }: RepositoriesProps) {
    super(scope, id);
    const images = facts.services.flatMap(({ image, migrations }) => [image, ...(migrations === null ? [] : [migrationsImage(image)])]);
    for (const image of new Set(images)) {
      const found = new EcrRepository(this, image, {
        name: repository(prefix, image),
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfiguration: [{ encryptionType: 'KMS', kmsKey: keyArn }],
      });
      new EcrLifecyclePolicy(this, `${image}-lifecycle`, { repository: found.name, policy: JSON.stringify({ rules: RULES }) });
      this.urls[image] = found.repositoryUrl;
    }
  }
}

const RULES = [
  {
    rulePriority: 1,
    description: 'Images that no tag names any more',
    selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 7 },
    action: { type: 'expire' },
  },
  {
    rulePriority: 2,
    description: 'All but the newest images',
    selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: KEPT },
    action: { type: 'expire' },
  },
];
