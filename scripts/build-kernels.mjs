// Compiles kernels/*.ts (AssemblyScript) to WebAssembly with SIMD. Sources older than the result are left alone.
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import asc from 'assemblyscript/asc';

const SOURCE = 'kernels';
const TARGET = join(SOURCE, 'build');
const MAX_PAGES = 65_536; // 4 GiB

mkdirSync(TARGET, { recursive: true });
for (const file of readdirSync(SOURCE).filter((name) => name.endsWith('.ts'))) {
  const source = join(SOURCE, file);
  const target = join(TARGET, `${basename(file, '.ts')}.wasm`);
  const built = statSync(target, { throwIfNoEntry: false });
  if (built && built.mtimeMs > statSync(source).mtimeMs) continue;
  const options = ['-O3', '--enable', 'simd', '--runtime', 'stub', '--noAssert'];
  const memory = ['--importMemory', '--initialMemory', '1', '--maximumMemory', String(MAX_PAGES)];
  const { error, stderr } = await asc.main([source, ...options, ...memory, '-o', target]);
  if (error) {
    process.stderr.write(stderr.toString());
    process.exit(1);
  }
}
