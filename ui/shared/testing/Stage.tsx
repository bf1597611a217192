import { QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Live } from "../data/Live";
import { makeQueryClient } from "../data/queries";
import { LanguageProvider } from "../i18n/language";
import { Keyboard } from "../keys/Keyboard";
import { Appearance } from "../kit/Appearance";

/** Everything a screen stands on, for a test of it. */
export function Stage({ children }: { children: ReactNode }) {
  return (
    <LanguageProvider>
      <Appearance>
        <Keyboard>
          <QueryClientProvider client={makeQueryClient()}>
            <Live>{children}</Live>
          </QueryClientProvider>
        </Keyboard>
      </Appearance>
    </LanguageProvider>
  );
}
