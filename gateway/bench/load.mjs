// Loads a gateway, and what the system tells of its process meanwhile (Linux).
import { readFile } from 'node:fs/promises';
import { Origin } from '../dist/http.js';

const TIMEOUT_MS = 60_000;

/** Milliseconds of processor time a process has used. */
async function cpuMs(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined ? Number.NaN : (Number(fields[11]) + Number(fields[12])) * 10;
}

export async function memoryMb(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/**
 * As many requests at once as there are connections, each as soon as the one before is answered. Each connection is a caller of its own, so
 * that no gateway answers two of them by asking once.
 */
export async function load(
  { url, pid },
  make,
  { connections, seconds, requestsMax = Number.POSITIVE_INFINITY },
) {
  // The engine's own client: of those at hand it takes the least of the processor that services and load share.
  const origin = new Origin(new URL(url), connections);
  const times = [];
  const beganCpuMs = await cpuMs(pid);
  const beganMs = performance.now();
  const endMs = beganMs + seconds * 1_000;
  let count = 0;
  const caller = async (_, index) => {
    const headers = `authorization: Bearer caller.number.${index}\r\n`;
    while (performance.now() < endMs && count < requestsMax) {
      const sentMs = performance.now();
      count += 1;
      const text = await post(origin, headers, JSON.stringify(make(count)));
      if (!text.startsWith('{"data":{')) throw new Error(`${url} has answered ${text.slice(0, 500)}`);
      times.push(performance.now() - sentMs);
    }
  };
  await Promise.all(Array.from({ length: connections }, caller));
  const lastedMs = performance.now() - beganMs;
  const cpu = ((await cpuMs(pid)) - beganCpuMs) / times.length;
  await origin.close();
  times.sort((a, b) => a - b);
  return {
    perSecond: (times.length / lastedMs) * 1_000,
    p99: times[Math.floor(times.length * 0.99)] ?? 0,
    cpu,
  };
}

const post = (origin, headers, body) =>
  new Promise((answered, reject) => {
    const failed = (failure, cause) => reject(cause ?? new Error(failure));
    origin.post(headers, body, TIMEOUT_MS, { answered, failed });
  });
