import { useEffect } from "react";

/** Milliseconds after which what was closed is gone. */
const CLOSED = 80;

/** When what was opened closes, the cursor goes back to where it was before. */
export function useFocusReturn(isOpen: boolean): void {
  useEffect(() => {
    if (!isOpen) return;
    const before = document.activeElement;
    return () => {
      // What closes is taken away some frames later, and its focus with it.
      setTimeout(() => {
        if (document.activeElement === document.body && before instanceof HTMLElement) {
          before.focus();
        }
      }, CLOSED);
    };
  }, [isOpen]);
}
