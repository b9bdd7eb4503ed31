// Compiles kernels/*.ts (AssemblyScript) to WebAssembly with SIMD, which may import from kernels/shared. What is newer
// than its sources is left alone.
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import asc from 'assemblyscript/asc';

const SOURCE = 'kernels';
const SHARED = join(SOURCE, 'shared');
const TARGET = join(SOURCE, 'build');
const MAX_PAGES = 65_536; // 4 GiB

const modified = (file) => statSync(file).mtimeMs;
const shared = Math.max(...readdirSync(SHARED).map((file) => modified(join(SHARED, file))));

mkdirSync(TARGET, { recursive: true });
for (const file of readdirSync(SOURCE).filter((name) => name.endsWith('.ts'))) {
  const source = join(SOURCE, file);
  const target = join(TARGET, `${basename(file, '.ts')}.wasm`);
  const built = statSync(target, { throwIfNoEntry: false });
  if (built && built.mtimeMs > Math.max(modified(source), shared)) continue;
  const options = ['-O3', '--enable', 'simd', '--runtime', 'stub', '--noAssert'];
  const memory = ['--importMemory', '--initialMemory', '1', '--maximumMemory', String(MAX_PAGES)];
  const { error, stderr } = await asc.main([source, ...options, ...memory, '-o', target]);
  if (error) {
    process.stderr.write(stderr.toString());
    process.exit(1);
  }
}
