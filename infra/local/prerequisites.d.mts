export type ServiceName = 'clients' | 'risk' | 'products' | 'service' | 'loyalty' | 'marketing';
export type PartName = ServiceName | 'gateway' | 'oidc' | 'smtp' | 'mailbox' | 'kafka' | 'postgres';
export type Ports = Record<PartName, number>;
/** What already runs elsewhere and is used instead of being started. */
export type External = {
  databaseUrls: Partial<Record<ServiceName, string>>;
  /** Of the services whose database is elsewhere: the roles that migrate and that send, by the variable that names them. */
  roleUrls?: Partial<Record<ServiceName, Record<string, string>>>;
  brokers?: string | undefined;
  issuer?: string | undefined;
  smtp?: string | undefined;
};

export const ROOT: string;
export const LOCAL: string;
export const KAFKA_POM: string;
export const SERVICES: readonly ServiceName[];
export const DEFAULT_PORTS: Readonly<Ports>;
export function readEnvironment(env: NodeJS.ProcessEnv): {
  ports: Ports;
  external: External;
  cache: string;
  mistakes: string[];
};
export function ownParts(external: External): PartName[];
export function machineProblems(env: NodeJS.ProcessEnv): string[];
export function portProblems(env: NodeJS.ProcessEnv): Promise<string[]>;
export function findJava(env: NodeJS.ProcessEnv): { command: string; problem?: string };
export function mavenProblem(env: NodeJS.ProcessEnv, cache: string): string | undefined;
export function kafkaJarsFolder(cache: string): string;
