/** Put what went wrong into words. */

/** @param {unknown} error */
export function errorMessage(error) {
  return error instanceof Error && error.message ? error.message : "Something went wrong. Try again.";
}
