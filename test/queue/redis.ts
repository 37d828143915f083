import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../pipeline/write-clip.js';

const PROGRAM = ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0);

/** Why tests with a queue are left out here; undefined where they can run. */
export const NO_REDIS =
  PROGRAM === undefined ? 'A queue needs redis-server or valkey-server, and none is installed.' : undefined;

/** A port that nobody uses. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** A server of this test alone, with an append-only file; it ends with the test. */
export class RedisServer {
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly password: string | undefined,
  ) {}

  static async start(password?: string): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), temporaryFolder(), password);
    onTestFinished(() => server.kill());
    await server.begin();
    return server;
  }

  get address(): string {
    return `redis://${this.password === undefined ? '' : `:${this.password}@`}127.0.0.1:${this.port}`;
  }

  async begin(): Promise<void> {
    const child = spawn(
      PROGRAM ?? '',
      [
        ...['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, '--save', ''],
        ...['--appendonly', 'yes', '--appendfsync', 'always'],
        ...(this.password === undefined ? [] : ['--requirepass', this.password]),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.child = child;
    await new Promise<void>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`the server ended with code ${code}`)));
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        if (/Ready to accept connections/.test(text)) resolve();
      });
    });
    child.removeAllListeners('exit');
  }

  /** As a machine that loses its power. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}
