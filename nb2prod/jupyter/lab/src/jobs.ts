import { Signal } from '@lumino/signaling';

import type { Job } from './contract';
import type { Memory } from './memory';
import type { Api } from './request';

const EVERY = 500; // ms between two looks at a running job

/** Work that goes on in the server, found again after a reload of the page. */
export class Jobs {
  readonly changed = new Signal<this, undefined>(this);
  /** A job that was seen running has ended. */
  readonly ended = new Signal<this, Job>(this);

  constructor(
    private readonly api: Api,
    private readonly memory: Memory
  ) {
    this.changed.connect(() => {
      memory.keep(this.all.filter(isGoingOn).map(job => job.id));
    });
  }

  /** All jobs, the newest first. */
  get all(): Job[] {
    return [...this.known.values()].reverse();
  }

  /** Ask the server which jobs there are. */
  async load(): Promise<void> {
    (await this.api.jobs()).reverse().forEach(job => this.follow(job));
  }

  /** Find the jobs again that ran when the page was left; returns those that still do. */
  async recall(): Promise<Job[]> {
    const ids = this.memory.recall();
    if (ids.length) {
      await this.load();
      this.changed.emit(undefined); // those that the server no longer knows are forgotten
    }
    const found = ids.flatMap(id => this.known.get(id) ?? []);
    found.filter(job => !isGoingOn(job)).forEach(job => this.ended.emit(job));
    return found.filter(isGoingOn);
  }

  /** Watch a job until it ends. */
  follow(job: Job): void {
    this.known.set(job.id, job);
    this.changed.emit(undefined);
    if (isGoingOn(job) && !this.watched.has(job.id)) {
      this.watched.add(job.id);
      void this.watch(job.id);
    }
  }

  /** Stop a job; it then ends as cancelled. */
  cancel(job: Job): Promise<void> {
    return this.api.cancel(job.id);
  }

  private async watch(id: string): Promise<void> {
    let failures = 0;
    while (failures < 5) {
      await new Promise(resolve => window.setTimeout(resolve, EVERY * 2 ** failures));
      try {
        const job = await this.api.job(id);
        failures = 0;
        this.known.set(id, job);
        if (!isGoingOn(job)) {
          break;
        }
        this.changed.emit(undefined);
      } catch {
        failures += 1; // the server may be busy, or gone
      }
    }
    this.watched.delete(id);
    const last = this.known.get(id);
    this.changed.emit(undefined);
    if (last && !isGoingOn(last)) {
      this.ended.emit(last);
    }
  }

  private readonly known = new Map<string, Job>();
  private readonly watched = new Set<string>();
}

/** Whether a job may still change. */
export function isGoingOn(job: Job): boolean {
  return job.state === 'queued' || job.state === 'running';
}
