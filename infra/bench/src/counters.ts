import { SERVICES, type ServiceName, type Stack } from '@client-graph/local';

export type Counters = { statements: number; fetches: number; cpuSeconds: number };
export type AllCounters = ReadonlyMap<ServiceName | 'gateway', Counters>;

/** What services and gateway have counted since they started, by their own /metrics. */
export async function readCounters(stack: Stack): Promise<AllCounters> {
  const gateway = await metricsOf(stack.gatewayUrl);
  const services = await Promise.all(
    SERVICES.map(async (service) => {
      const own = await metricsOf(stack.serviceUrl(service));
      const counters = {
        statements: sumOf(own, 'sql_statements_total'),
        fetches: sumOf(gateway, 'service_fetch_seconds_count', `target="${service}"`),
        cpuSeconds: sumOf(own, 'process_cpu_seconds_total'),
      };
      return [service, counters] as const;
    }),
  );
  const own = { statements: 0, fetches: 0, cpuSeconds: sumOf(gateway, 'process_cpu_seconds_total') };
  return new Map([...services, ['gateway', own] as const]);
}

async function metricsOf(graphqlUrl: string): Promise<string> {
  const response = await fetch(new URL('/metrics', graphqlUrl));
  return response.text();
}

/** Adds up the series of one name whose labels contain a text, in Prometheus' text format. */
export function sumOf(metrics: string, name: string, label = ''): number {
  return metrics
    .split('\n')
    .filter((line) => /^[a-zA-Z_:][\w:]*/.exec(line)?.[0] === name && line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
