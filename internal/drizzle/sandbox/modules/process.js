// node:process
const { process } = globalThis;
export const { env, argv, cwd, platform, version, versions, exit, nextTick, on, stdout, stderr, loadEnvFile } = process;
export default process;
