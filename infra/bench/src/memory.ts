import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { SERVICES, type Stack } from '@client-graph/local';
import type { Table } from './table.js';

export type Memory = { name: string; megabytes: number }[];

/** The memory each process holds. Of Postgres' many processes each counts its part of what they share, so nothing counts twice. */
export function measureMemory(stack: Stack): Memory {
  const processes = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => {
      const [pid = 0, parent = 0, kilobytes = 0] = line.trim().split(/\s+/).map(Number);
      return { pid, parent, kilobytes };
    });
  const own = ([...SERVICES, 'gateway', 'kafka'] as const).map((name) => {
    const found = processes.find(({ pid }) => pid === stack.pid(name));
    return { name, megabytes: (found?.kilobytes ?? 0) / 1_024 };
  });
  const postgres = processes.filter(({ pid, parent }) => [pid, parent].includes(stack.pid('postgres') ?? -1));
  const kilobytes = postgres.reduce((sum, process) => sum + (shareOf(process.pid) ?? process.kilobytes), 0);
  return [...own, { name: `postgres (${postgres.length} processes)`, megabytes: kilobytes / 1_024 }];
}

/** Linux knows the share of a process in the memory it has in common with others; undefined elsewhere. */
function shareOf(pid: number): number | undefined {
  try {
    const kilobytes = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes);
  } catch {
    return undefined;
  }
}

export const memoryTable = (memory: Memory): Table => ({
  title: 'Memory at the end',
  head: ['process', 'MB'],
  lines: memory.map(({ name, megabytes }) => [name, Math.round(megabytes)]),
});
