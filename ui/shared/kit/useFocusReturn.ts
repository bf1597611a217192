import { type RefObject, useLayoutEffect } from "react";

/**
 * When what was opened closes, the cursor goes back to where it was before, at once: the next key is
 * already for there. A cursor that went elsewhere meanwhile stays there.
 */
export function useFocusReturn(isOpen: boolean, inside: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    if (!isOpen) return;
    const before = document.activeElement;
    return () => {
      const now = document.activeElement;
      // What closes is drawn for some frames more, and would take the cursor away with it.
      const goes = now === document.body || inside.current?.contains(now) === true;
      if (goes && before instanceof HTMLElement) before.focus();
    };
  }, [isOpen, inside]);
}
