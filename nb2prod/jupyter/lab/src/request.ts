import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import type {
  Converted,
  Failure,
  Info,
  Job,
  Plan,
  PreviewFile,
  Subject,
  VerifyOptions
} from './contract';
import { failureOf } from './failure';

/** A request that the server refused, or could not be sent; `failure` says why in plain words. */
export class RequestError extends Error {
  constructor(
    readonly status: number,
    readonly failure: Failure
  ) {
    super(failure.message);
  }
}

/** The REST interface, version 1; every method raises RequestError. */
export class Api {
  constructor(private readonly settings: ServerConnection.ISettings) {}

  info = (): Promise<Info> => this.json('GET', 'info');

  inspect = (subject: Subject): Promise<Plan> => this.json('POST', 'inspect', subject);

  preview = (subject: Subject): Promise<{ files: PreviewFile[] }> =>
    this.json('POST', 'preview', subject);

  convert = (subject: Subject & { force: boolean }): Promise<Converted> =>
    this.json('POST', 'convert', subject);

  verify = (subject: Subject & { options: VerifyOptions }): Promise<Job> =>
    this.json('POST', 'jobs', { kind: 'verify', ...subject });

  batch = (paths: string[]): Promise<Job> => this.json('POST', 'jobs', { kind: 'batch', paths });

  /** All jobs, the newest first. */
  jobs = (): Promise<Job[]> => this.json('GET', 'jobs');

  job = (id: string): Promise<Job> => this.json('GET', `jobs/${encodeURIComponent(id)}`);

  cancel = async (id: string): Promise<void> => {
    await this.send('DELETE', `jobs/${encodeURIComponent(id)}`);
  };

  /** The page of a verification, as HTML. */
  report = async (id: string): Promise<string> =>
    (await this.send('GET', `jobs/${encodeURIComponent(id)}/report`)).text();

  private async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.send(method, path, body);
    return (await response.json()) as T;
  }

  private async send(method: string, path: string, body?: unknown): Promise<Response> {
    const url = URLExt.join(this.settings.baseUrl, 'nb2prod/api/v1', path);
    const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(url, init, this.settings);
    } catch (error) {
      throw new RequestError(0, failureOf(0, String(error)));
    }
    if (!response.ok) {
      throw new RequestError(response.status, failureOf(response.status, await response.text()));
    }
    return response;
  }
}
