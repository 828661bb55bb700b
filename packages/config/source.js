// Imported first, lets a script import workspaces from their source: node --import ./packages/config/source.js …
import { register } from 'node:module';

register('./source-hooks.js', import.meta.url);
