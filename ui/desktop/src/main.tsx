import { Live } from "@daybook/shared/data/Live";
import { makeQueryClient } from "@daybook/shared/data/queries";
import { LanguageProvider } from "@daybook/shared/i18n/language";
import { Keyboard } from "@daybook/shared/keys/Keyboard";
import { Appearance } from "@daybook/shared/kit/Appearance";
import { Boundary } from "@daybook/shared/kit/Boundary";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Root } from "./app/Root";

const place = document.getElementById("root");
if (place) {
  createRoot(place).render(
    <StrictMode>
      <LanguageProvider>
        <Appearance>
          <Keyboard>
            <QueryClientProvider client={makeQueryClient()}>
              <Live>
                <Boundary place="program">
                  <Root />
                </Boundary>
              </Live>
            </QueryClientProvider>
          </Keyboard>
        </Appearance>
      </LanguageProvider>
    </StrictMode>,
  );
}
