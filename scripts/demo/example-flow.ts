/** An example flow as a user would set it up: the variables of its tab filled in, its nodes edited. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../shared/project';

type Properties = Readonly<Record<string, unknown>>;

/**
 * @param env the tab's variables, by name
 * @param edits properties to change, by the node's id
 */
export function exampleFlow(
  name: string,
  env: Readonly<Record<string, string>>,
  edits: Readonly<Record<string, Properties>> = {},
): Properties[] {
  const file = join(PROJECT, 'examples', 'flows', `${name}.json`);
  const [tab, ...nodes] = JSON.parse(readFileSync(file, 'utf8')) as { id: string }[];
  const variables = Object.entries(env).map(([key, value]) => ({ name: key, value, type: 'str' }));
  return [{ ...tab, env: variables }, ...nodes.map((node) => ({ ...node, ...edits[node.id] }))];
}
