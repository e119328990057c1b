/** What the environments share; each one spreads it and says what is different. */
import { facts } from './services.js';

/** Regions whose zones are not a, b and c for everybody. */
const ZONES: Readonly<Record<string, readonly string[]>> = { 'ap-northeast-1': ['a', 'c', 'd'], 'ca-central-1': ['a', 'b', 'd'] };

export const base = {
  region: facts.region,
  zones: (ZONES[facts.region] ?? ['a', 'b', 'c']).map((zone) => `${facts.region}${zone}`),
  owner: facts.project,
  costCentre: facts.project,
  domain: null,
  alertEmails: [],
  monthlyBudget: 300,
  logRetentionDays: 365,
  services: {},
  settings: {},
  outgoingPorts: {},
  datastores: {},
  secretsVersion: 1,
} as const;
