import { useLayoutEffect } from "react";

/**
 * When what was opened closes, the cursor goes back to where it was before, at once: the next key is
 * already for there. A cursor that went elsewhere meanwhile stays there. `holds` says whether an
 * element is inside of what was opened.
 */
export function useFocusReturn(isOpen: boolean, holds: (element: Element | null) => boolean): void {
  useLayoutEffect(() => {
    if (!isOpen) return;
    const before = document.activeElement;
    return () => {
      const now = document.activeElement;
      // What closes is drawn for some frames more, and would take the cursor away with it.
      if (now !== document.body && !holds(now)) return;
      if (before instanceof HTMLElement) before.focus();
    };
  }, [isOpen, holds]);
}
