import { once } from 'node:events';
import { DATA, EXTERNAL, LOGS, PORTS } from './env.js';
import { loadSampleFirm } from './sample-firm.js';
import { startStack } from './stack.js';
import { watchSources } from './watch.js';
import { welcome } from './welcome.js';

export type RunOptions = {
  /** Aborted when it is time to stop. */
  signal: AbortSignal;
  /** Shows one line of progress. */
  say: (line: string) => void;
  print: (text: string) => void;
  /** Given when sources are to be watched: builds, and says whether that succeeded. */
  rebuild?: () => Promise<boolean>;
};

/** Runs the whole stack until the signal says stop. */
export async function run({ signal, say, print, rebuild }: RunOptions): Promise<void> {
  const stack = await startStack({
    dataDir: DATA,
    logDir: LOGS,
    ports: PORTS,
    external: EXTERNAL,
    keepAlive: true,
    signal,
    onEvent: say,
  });
  try {
    say('Loading the sample firm');
    await loadSampleFirm({ gatewayUrl: stack.gatewayUrl, issuer: stack.issuer });
    say('Everything is ready');
    print(welcome(stack));
    if (rebuild) watchSources({ stack, rebuild, signal, onEvent: say });
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    await stack.stop();
  }
}
