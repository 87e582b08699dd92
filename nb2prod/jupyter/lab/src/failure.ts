import type { Failure } from './contract';

/** What a refused request says: the server's own words where it sent some. */
export function failureOf(status: number, body: string): Failure {
  const parsed = parse(body);
  if (parsed) {
    return parsed;
  }
  if (status === 404) {
    return {
      message: 'The server has no nb2prod.',
      hint: 'Install nb2prod[jupyter] where the Jupyter server runs, and start it anew.'
    };
  }
  if (status === 0) {
    return { message: 'The Jupyter server does not answer.', hint: body };
  }
  return { message: `The server answered with status ${status}.`, hint: '' };
}

function parse(body: string): Failure | null {
  try {
    const value: unknown = JSON.parse(body);
    const known = typeof value === 'object' && value !== null && 'message' in value;
    // Jupyter's own answer for an unknown address is JSON, too, but says nothing of what to do
    return known && value.message !== 'Not Found' ? (value as Failure) : null;
  } catch {
    return null;
  }
}
