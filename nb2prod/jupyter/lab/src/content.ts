const LARGE = 10_000;

/**
 * A notebook without the pixels of its pictures, which no plan depends on but every request carries.
 *
 * Everything else is as it was; what is converted or verified travels whole.
 */
export function withoutPictures(content: unknown): unknown {
  return JSON.parse(
    JSON.stringify(content, (key, value: unknown) =>
      key.startsWith('image/') && typeof value === 'string' && value.length > LARGE ? '' : value
    )
  );
}
