// A loader for the session worker that builds a fault into one of its modules: `damage.mjs?fault=finger` or `blending`.
import { register } from 'node:module';

const fault = new URL(import.meta.url).searchParams.get('fault');
register(`./damage-hooks.mjs?fault=${fault}`, import.meta.url);
