import { useState } from "react";

/** The text typed into a choice. Blanks before it are none of it: no name begins with one. */
export function useSearch() {
  const [text, setText] = useState("");
  const search = {
    searchValue: text,
    onSearch: (typed: string) => setText(typed.trimStart()),
  };
  return { text, setText, search };
}
