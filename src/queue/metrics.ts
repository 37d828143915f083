import { once } from 'node:events';
import { createServer } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { UsageError } from '../errors.js';
import { reasonOf } from '../reason.js';
import type { WorkerEvents } from './worker.js';

/** Numbers of a worker, served for Prometheus. */
export interface ServedMetrics {
  /** `http://127.0.0.1:9464/metrics` */
  readonly address: string;
  close(): Promise<void>;
}

/** Seconds of a job, from a short join to a long segment on one slow core. */
const SECONDS = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000];

/** Counts what a worker does. `labels` go with every number. */
export function countJobs(events: WorkerEvents, labels: Readonly<Record<string, string>>): Registry {
  const registry = new Registry();
  registry.setDefaultLabels(labels);
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const jobs = new Counter({
    name: 'handfirst_jobs_total',
    help: 'Jobs that are over, by kind (plan, segment, join) and outcome (done, failed, returned)',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const frames = new Counter({
    name: 'handfirst_frames_total',
    help: 'Frames of finished segments',
    registers,
  });
  const seconds = new Histogram({
    name: 'handfirst_job_seconds',
    help: 'Seconds that finished jobs took',
    labelNames: ['kind'],
    buckets: SECONDS,
    registers,
  });
  const faults = new Counter({
    name: 'handfirst_queue_faults_total',
    help: 'Faults of the queue',
    registers,
  });
  const last = new Gauge({
    name: 'handfirst_last_job_timestamp_seconds',
    help: 'When the last job was over',
    registers,
  });
  events.on('job', (job) => {
    jobs.inc({ kind: job.kind, outcome: job.outcome });
    last.setToCurrentTime();
    if (job.outcome !== 'done') return;
    frames.inc(job.frames);
    seconds.observe({ kind: job.kind }, job.seconds);
  });
  events.on('fault', () => faults.inc());
  return registry;
}

/** Serves a registry at `/metrics`. `place`: a port, or HOST:PORT; without a host this machine alone is served. Throws `UsageError`. */
export async function serveMetrics(registry: Registry, place: string): Promise<ServedMetrics> {
  const [, host = '127.0.0.1', port = ''] = /^(?:(.*):)?(\d+)$/.exec(place) ?? [];
  const server = createServer((request, response) => {
    const found = request.method === 'GET' && request.url === '/metrics';
    if (!found) {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  try {
    server.listen(Number(port), host.replace(/^\[(.*)\]$/, '$1'));
    await once(server, 'listening');
  } catch (error) {
    throw new UsageError(
      'HF_PORT',
      `Numbers cannot be served at ${place} (${reasonOf(error)}): give \`metrics\` another port, or HOST:PORT.`,
      { field: 'metrics' },
    );
  }
  const address = server.address();
  const actual = typeof address === 'object' && address ? address.port : Number(port);
  return {
    address: `http://${host}:${actual}/metrics`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
