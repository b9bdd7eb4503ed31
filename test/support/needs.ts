/**
 * What tests need besides this package. Where it is missing they are left out, aloud, once more at the end of the run;
 * where ARCFLOW_REQUIRE names it, which .ci/run sees to, they fail instead: nothing is left out by accident.
 */

/** Every tool that a test may ask for, and what brings it (Debian). */
const TOOLS = {
  chromium: 'apt-get install chromium',
  ffmpeg: 'apt-get install ffmpeg',
  'node-av': 'npm install node-av',
  'rtsp-server':
    'apt-get install gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-{base,good,ugly}',
  openssl: 'apt-get install openssl',
  setpriv: 'apt-get install util-linux',
  strace: 'apt-get install strace',
  unshare: 'apt-get install util-linux, and the right to mount',
  vulkan: 'apt-get install libvulkan1 and chromium, which has a driver in software',
  linux: 'a machine with Linux, which tells by /proc what processes hold',
  // Not among "all": no package brings them. The camera has a run of its own, test/virtual-camera.
  camera: 'sudo modprobe vivid',
  'evaluation-data': 'the clips and networks of the evaluation, in ../shared/data',
} as const;
export type Tool = keyof typeof TOOLS;
const BESIDES_ALL: readonly Tool[] = ['camera', 'evaluation-data'];

/**
 * Which tools must be there.
 * @param text "all", or names separated by commas; empty or absent: none
 * @throws Error for a name that is none, which would ask for nothing
 */
export function requiredTools(text = ''): readonly Tool[] {
  const known = Object.keys(TOOLS) as Tool[];
  return text.split(',').flatMap((part) => {
    const name = part.trim();
    if (name === '') return [];
    if (name === 'all') return known.filter((tool) => !BESIDES_ALL.includes(tool));
    const tool = known.find((candidate) => candidate === name);
    if (!tool)
      throw new Error(`Expected all, or some of ${known.join(', ')} in ARCFLOW_REQUIRE but found ${name}`);
    return [tool];
  });
}

const leftOut = new Map<Tool, string[]>();

/**
 * Says that a part of a test is left out because a tool is missing; the rest goes on.
 * @throws Error where ARCFLOW_REQUIRE asks for the tool
 */
export function leaveOut(context: Mocha.Context, tool: Tool, reason: string): void {
  const what = titleOf(context);
  const why = `${reason} (${tool}: ${TOOLS[tool]})`;
  if (requiredTools(process.env['ARCFLOW_REQUIRE']).includes(tool))
    throw new Error(`ARCFLOW_REQUIRE asks for ${tool}, which "${what}" needs: ${why}`);
  console.log(`      left out: ${why}`);
  if (leftOut.size === 0) process.once('exit', summarise);
  leftOut.set(tool, [...(leftOut.get(tool) ?? []), what]);
}

function summarise(): void {
  console.log('Left out, because something is missing here:');
  for (const [tool, what] of leftOut) console.log(`  ${tool}: ${what.join('; ')}`);
}

/**
 * Leaves the test, or from a hook its group, out where a tool is missing.
 * @param missing why it cannot be used; undefined where it can
 * @throws Error where ARCFLOW_REQUIRE asks for the tool
 */
export function needs(context: Mocha.Context, tool: Tool, missing: string | undefined): void {
  if (missing === undefined) return;
  leaveOut(context, tool, missing);
  context.skip();
}

/** Of the test; of a hook, its group. */
function titleOf({ test }: Mocha.Context): string {
  const isTest = test?.parent?.tests.some((candidate) => candidate === test);
  return (isTest ? test?.fullTitle() : test?.parent?.fullTitle()) ?? 'a test';
}

/** For what only Linux can tell. */
export function needsLinux(context: Mocha.Context): void {
  needs(context, 'linux', process.platform === 'linux' ? undefined : `this is ${process.platform}`);
}
