/** Begins with an empty memory: nothing of one person is shown to the next. */
export function startAfresh(): void {
  window.location.hash = "";
  window.location.reload();
}
