import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { KAFKA_POM, kafkaJarsFolder, mavenProblem } from '../prerequisites.mjs';
import { CACHE, environment } from './env.js';
import { hasCode, Problem } from './problem.js';
import { runProcess } from './process.js';

/** Kafka's jars, brought by Maven once. A folder under the final name is complete: a download that broke off never gets it. */
export async function kafkaJars(logFile: string, signal?: AbortSignal): Promise<string> {
  const jars = kafkaJarsFolder(CACHE);
  if (existsSync(jars)) return jars;
  const problem = mavenProblem(environment, CACHE);
  if (problem) throw new Problem(problem);
  mkdirSync(CACHE, { recursive: true });
  const fresh = mkdtempSync(`${jars}.`);
  try {
    await download(fresh, logFile, signal);
    await checkComplete(fresh, logFile);
    renameSync(fresh, jars);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    // Another start was quicker: its folder is as good.
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  }
  return jars;
}

async function download(folder: string, logFile: string, signal?: AbortSignal): Promise<void> {
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`];
  const args = ['-B', '-q', '--strict-checksums', '-f', KAFKA_POM, ...goal];
  const { code, lastWords } = await runProcess({ name: 'maven', command: 'mvn', args, logFile, signal });
  if (code === 0) return;
  if (/No space left on device/.test(lastWords))
    throw new Problem(
      'Kafka could not be downloaded because the disk is full: free some space and start again.',
    );
  throw new Problem(
    `Kafka could not be downloaded from Maven: check the connection and start again; what went wrong is in ${logFile}.`,
  );
}

/** Every jar ends with its table of contents; one cut short does not. Maven does not look again at what it holds already. */
async function checkComplete(folder: string, logFile: string): Promise<void> {
  const jars = readdirSync(folder).filter((file) => file.endsWith('.jar'));
  if (!jars.some((jar) => jar.startsWith('kafka_')))
    throw new Problem(`Maven brought no Kafka: see ${logFile}.`);
  for (const jar of jars) {
    if (!(await endsWithDirectory(join(folder, jar)))) {
      throw new Problem(
        `Maven's copy of ${jar} is broken: delete it from Maven's local repository (usually ~/.m2/repository) and start again.`,
      );
    }
  }
}

async function endsWithDirectory(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, 65_557);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.includes(Buffer.from('PK\u0005\u0006', 'latin1'));
  } finally {
    await handle.close();
  }
}
