/**
 * Catches what is typed between asking for a new form and its first field being there, so that
 * nobody has to wait for a form.
 */
let catcher: HTMLInputElement | null = null;

/** From now on typed text is kept until a form takes it, after what was `typed` for it already. */
export function startCatching(typed = ""): void {
  if (!catcher) {
    catcher = document.createElement("input");
    catcher.className = "only-heard";
    catcher.tabIndex = -1;
    catcher.setAttribute("aria-hidden", "true");
    document.body.append(catcher);
  }
  catcher.value = typed;
  catcher.focus();
}

/** What was typed since; empty where nobody waited. */
export function takeCaught(): string {
  const text = catcher?.value ?? "";
  catcher?.remove();
  catcher = null;
  return text;
}
