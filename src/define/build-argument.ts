/** Variables that are built in: what writes images, stacks and documents, and what checks them, has to know the same ones. */
import type { Service } from '../model.ts';

/** Prefixes of variables that a bundler writes into what it builds: set later, they change nothing. */
const BUILT_IN = /^(?:VITE|REACT_APP|GATSBY|EXPO_PUBLIC)_/;

/** True where our image is built with the variable. What a Dockerfile of the user's asks for, nobody knows. */
export function isBuildArgument(service: Service, name: string): boolean {
  if (service.files.dockerfileOwner === 'user' || !service.commands.build) return false;
  return BUILT_IN.test(name) || (service.framework === 'nextjs' && name.startsWith('NEXT_PUBLIC_'));
}
