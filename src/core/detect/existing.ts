/** Files of the user's that play a role of ours, on any platform. */
import type { ExistingFile } from '../../model.ts';
import { isComposeFile } from './compose.ts';
import { compare, type Repo } from './repo.ts';

type Row = readonly [RegExp, ExistingFile['role'], string];

/** First match wins. */
const ROWS: readonly Row[] = [
  [/^\.github\/dependabot\.ya?ml$/, 'update-bot', 'dependabot'],
  [/^(?:\.github\/|\.gitlab\/)?renovate\.json5?$|^\.renovaterc(?:\.json5?)?$/, 'update-bot', 'renovate'],
  [
    /^\.github\/workflows\/[^/]*(?:codeql|security|scan|trivy|snyk|gitleaks|semgrep|scorecard)[^/]*\.ya?ml$/i,
    'security',
    'github-actions',
  ],
  [/^\.github\/workflows\/[^/]+\.ya?ml$/, 'ci', 'github-actions'],
  [/^\.gitlab-ci\.ya?ml$|^\.gitlab\/ci\/.*\.ya?ml$/, 'ci', 'gitlab-ci'],
  [/(?:^|\/)Jenkinsfile[\w.-]*$/, 'ci', 'jenkins'],
  [/^(?:\.azure-pipelines\/.*|azure-pipelines[\w.-]*|\.azuredevops\/.*)\.ya?ml$/, 'ci', 'azure-pipelines'],
  [/^\.circleci\/config\.ya?ml$/, 'ci', 'circleci'],
  [/^bitbucket-pipelines\.ya?ml$/, 'ci', 'bitbucket'],
  [/^\.travis\.ya?ml$/, 'ci', 'travis'],
  [/^appveyor\.ya?ml$|^\.appveyor\.ya?ml$/, 'ci', 'appveyor'],
  [/^\.drone\.ya?ml$/, 'ci', 'drone'],
  [/^\.woodpecker(?:\.ya?ml$|\/)/, 'ci', 'woodpecker'],
  [/^\.buildkite\/.*\.ya?ml$/, 'ci', 'buildkite'],
  [/^\.(?:gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/, 'ci', 'gitea-actions'],
  [/^\.tekton\/.*\.ya?ml$/, 'ci', 'tekton'],
  [/^buildspec[\w.-]*\.ya?ml$/, 'ci', 'aws-codebuild'],
  [/^cloudbuild[\w.-]*\.ya?ml$/, 'ci', 'google-cloud-build'],
  [/(?:^|\/)(?:Docker|Container)file(?:\.[\w.-]+)?$|(?:^|\/)[\w.-]+\.[Dd]ockerfile$/, 'dockerfile', 'docker'],
  [/(?:^|\/)(?:[\w.-]+\.)?\.?dockerignore$/, 'dockerignore', 'docker'],
  [/\.tf$|\.tfvars$|(?:^|\/)\.terraform\.lock\.hcl$|\.tofu$/, 'iac', 'terraform'],
  [/(?:^|\/)terragrunt\.hcl$/, 'iac', 'terragrunt'],
  [/(?:^|\/)cdktf\.json$/, 'iac', 'cdktf'],
  [/(?:^|\/)cdk\.json$/, 'iac', 'aws-cdk'],
  [/(?:^|\/)Pulumi(?:\.[\w-]+)?\.ya?ml$/, 'iac', 'pulumi'],
  [/(?:^|\/)serverless\.(?:ya?ml|ts|js|json)$/, 'iac', 'serverless'],
  [/(?:^|\/)(?:template|samconfig)\.(?:ya?ml|toml)$/, 'iac', 'aws-sam'],
  [/(?:^|\/)sst\.config\.\w+$/, 'iac', 'sst'],
  [/\.bicep$/, 'iac', 'bicep'],
  [
    /^(?:fly\.toml|app\.json|Procfile|render\.ya?ml|railway\.(?:json|toml)|vercel\.json|netlify\.toml|app\.ya?ml|captain-definition|nixpacks\.toml|heroku\.ya?ml|Caddyfile)$/,
    'iac',
    'platform',
  ],
  [/^(?:\.do\/app\.ya?ml|copilot\/.*manifest\.ya?ml|\.ebextensions\/.*)$/, 'iac', 'platform'],
  [/(?:^|\/)ansible\/.*\.ya?ml$|(?:^|\/)playbook[\w.-]*\.ya?ml$/, 'iac', 'ansible'],
  [/(?:^|\/)Chart\.ya?ml$/, 'kubernetes', 'helm'],
  [/(?:^|\/)kustomization\.ya?ml$/, 'kubernetes', 'kustomize'],
  [/(?:^|\/)skaffold\.ya?ml$/, 'kubernetes', 'skaffold'],
  [/(?:^|\/)Tiltfile$/, 'kubernetes', 'tilt'],
  [/(?:^|\/)(?:k8s|kubernetes|manifests|kube)\/.*\.ya?ml$/, 'kubernetes', 'kubernetes'],
  [/(?:^|\/)prometheus[\w.-]*\.ya?ml$|(?:^|\/)prometheus\/.*\.ya?ml$/, 'monitoring', 'prometheus'],
  [/(?:^|\/)alertmanager[\w.-]*\.ya?ml$/, 'monitoring', 'alertmanager'],
  [/(?:^|\/)grafana\/.*\.(?:json|ya?ml)$/, 'monitoring', 'grafana'],
  [
    /(?:^|\/)(?:loki|promtail|tempo|otel-collector|otelcol|alloy)[\w.-]*\.(?:ya?ml|river|alloy)$/,
    'monitoring',
    'observability',
  ],
  [/(?:^|\/)datadog[\w.-]*\.ya?ml$/, 'monitoring', 'datadog'],
  [/^\.snyk$/, 'security', 'snyk'],
  [/^\.?gitleaks\.toml$|^\.gitleaksignore$/, 'security', 'gitleaks'],
  [/^\.?trivy(?:ignore)?[\w.-]*$/, 'security', 'trivy'],
  [/^\.semgrep(?:ignore|\.ya?ml)?$/, 'security', 'semgrep'],
  [/^(?:\.github\/|docs\/)?SECURITY\.md$/i, 'security', 'policy'],
  [/(?:^|\/)runbooks?\/.*\.(?:md|adoc)$|^docs\/(?:operations|runbook)[\w-]*\.md$/i, 'docs', 'runbook'],
  [/^(?:\.github\/)?CODEOWNERS$|^docs\/CODEOWNERS$/, 'docs', 'codeowners'],
];

/** Endings of code and assets: most files of a repository, and hardly ever of interest here. */
const SELDOM =
  /\.(?:[cm]?[jt]sx?|css|s[ac]ss|less|html|svg|png|jpe?g|gif|webp|ico|woff2?|map|snap|sql|graphql|hbs|ejs|pug)$/;

/** Sorted by path. Files of tests and examples play no role. */
export function detectExisting(repo: Repo): ExistingFile[] {
  const found: ExistingFile[] = [];
  for (const path of repo.list) {
    if (SELDOM.test(path) && !/(?:serverless|sst\.config)\.\w+$/.test(path)) continue;
    if (path.startsWith('.devops/') || /(?:^|\/)(?:examples?|fixtures|__fixtures__)\//.test(path)) continue;
    if (isComposeFile(path)) found.push({ path, role: 'compose', system: 'compose' });
    else {
      const row = ROWS.find(([pattern]) => pattern.test(path));
      if (row !== undefined) found.push({ path, role: row[1], system: row[2] });
    }
  }
  return found.sort((a, b) => compare(a.path, b.path));
}
