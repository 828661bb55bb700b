import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { rotateKeyFile } from '@client-graph/kit';

const HELP = `npm run keys -- rotate FILE [--id ID]

  FILE   the file of master keys that the services are given in MASTER_KEYS (of \`npm start\`: .local/data/master-keys.json)
  ID     a name for the new master key; the time when left out

Adds a master key and makes it the current one, while the services run: each data key is wrapped anew as it is used, and the rest within the
hour. Keep the former keys in the file until no row of data_key names them. In AWS KMS let AWS rotate the key.
`;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { id: { type: 'string' } } });
const [command, file, ...more] = positionals;
if (command !== 'rotate' || file === undefined || more.length > 0) {
  process.stderr.write(HELP);
  process.exit(2);
}
const id =
  values.id ??
  new Date()
    .toISOString()
    .replaceAll(/[^0-9]/g, '')
    .slice(0, 14);
try {
  // npm runs scripts at the root of the project; a path is meant from where npm was called.
  rotateKeyFile(pathToFileURL(resolve(process.env['INIT_CWD'] ?? '.', file)), id);
  process.stdout.write(`New data keys are wrapped with ${id} from now on.\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
