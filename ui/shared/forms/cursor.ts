const EDITABLE = "input:not([type=hidden]):not([disabled]), textarea:not([disabled])";

/** The first field inside. */
export function firstField(inside: ParentNode): HTMLElement | null {
  return inside.querySelector<HTMLElement>(EDITABLE);
}

/** Puts the cursor into a field as Tab does: what stands there is selected, and typing replaces it. */
export function goTo(field: HTMLElement | null | undefined): void {
  field?.focus();
  if (field instanceof HTMLInputElement) field.select();
  field?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** The cursor goes on to the field after this one, or back to the one before. */
export function goOn(from: Element, back: boolean): void {
  const form = from.closest(".form") ?? document;
  const fields = [...form.querySelectorAll<HTMLElement>(EDITABLE)].filter(
    (field) => field.tabIndex >= 0,
  );
  const here = fields.findIndex((field) => field === from);
  goTo(fields[here + (back ? -1 : 1)]);
}
