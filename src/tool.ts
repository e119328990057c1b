/** Who we are. The version comes from package.json, by the build. */
declare const __VERSION__: string | undefined;

export const TOOL = {
  name: 'create-devops-setup',
  version: typeof __VERSION__ === 'string' ? __VERSION__ : '0.0.0-source',
} as const;
