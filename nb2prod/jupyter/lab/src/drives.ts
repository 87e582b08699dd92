/** Drives whose paths are those of the server's own Contents API: its default, and collaboration's. */
const OWN = ['', 'RTC'];

/**
 * The path by which the server knows a file of a drive.
 *
 * What lies on a drive that the server does not know is as if it lay in the server's top folder: its
 * content travels in the request, and the package goes to the server.
 */
export function serverPath(path: string, local: string): string {
  return isOwn(path, local) ? local : (local.split('/').pop() ?? local);
}

/** Whether the server itself can read a file; `local` is its path without the drive's name. */
export function isOwn(path: string, local: string): boolean {
  return OWN.includes(path === local ? '' : (path.split(':')[0] ?? ''));
}
