import { useEffect } from "react";

/** The window says which screen it shows. */
export function useTitle(...parts: string[]): void {
  const title = [...parts.filter(Boolean), "Daybook"].join(" – ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}
