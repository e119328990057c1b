/** A bucket that nobody can open to the world: private, versioned, encrypted, TLS only. */
import { S3Bucket } from '#aws/s3-bucket';
import { S3BucketLifecycleConfiguration, type S3BucketLifecycleConfigurationRule } from '#aws/s3-bucket-lifecycle-configuration';
import { S3BucketLoggingA } from '#aws/s3-bucket-logging';
import { S3BucketOwnershipControls } from '#aws/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '#aws/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '#aws/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '#aws/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '#aws/s3-bucket-versioning';
import { Construct } from 'constructs';
import { policy, type Statement } from '../lib/iam.js';

export interface SecureBucketProps {
  readonly name: string;
  /** null: the bucket's own AES-256. What delivers access logs cannot use a key of ours. */
  readonly keyArn: string | null;
  readonly logBucket: string | null;
  readonly rules: readonly S3BucketLifecycleConfigurationRule[];
  readonly statements?: (arn: string) => readonly Statement[];
}

export class SecureBucket extends Construct {
  readonly arn: string;
  readonly id: string;

  constructor(scope: Construct, id: string, props: SecureBucketProps) {
    super(scope, id);
    const bucket = new S3Bucket(this, 'bucket', { bucket: props.name });
    this.arn = bucket.arn;
    this.id = bucket.id;
    const of = { bucket: bucket.id };
    const block = new S3BucketPublicAccessBlock(this, 'public-access', {
      ...of,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketOwnershipControls(this, 'ownership', { ...of, rule: { objectOwnership: 'BucketOwnerEnforced' } });
    const versioning = new S3BucketVersioningA(this, 'versioning', { ...of, versioningConfiguration: { status: 'Enabled' } });
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', { ...of, rule: [encryption(props.keyArn)] });
    new S3BucketLifecycleConfiguration(this, 'lifecycle', { ...of, rule: [ABORT_UPLOADS, ...props.rules], dependsOn: [versioning] });
    if (props.logBucket !== null)
      new S3BucketLoggingA(this, 'logging', { ...of, targetBucket: props.logBucket, targetPrefix: `s3/${props.name}/` });
    new S3BucketPolicy(this, 'policy', {
      ...of,
      // One policy a bucket: a second one would overwrite this one, and nothing would warn.
      policy: policy(...tlsOnly(bucket.arn), ...(props.statements?.(bucket.arn) ?? [])),
      dependsOn: [block],
    });
  }
}

const ABORT_UPLOADS: S3BucketLifecycleConfigurationRule = {
  id: 'abort-incomplete-uploads',
  status: 'Enabled',
  filter: [{ prefix: '' }],
  abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
};

function encryption(keyArn: string | null) {
  if (keyArn === null) return { applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } };
  return { applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyArn }, bucketKeyEnabled: true };
}

function tlsOnly(arn: string): readonly Statement[] {
  const all = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: [arn, `${arn}/*`] } as const;
  return [
    { Sid: 'DenyPlainHttp', ...all, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    { Sid: 'DenyOldTls', ...all, Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } } },
  ];
}
