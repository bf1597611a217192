import { at, useStatus } from "@daybook/shared/data/queries";
import type { SignedIn } from "@daybook/shared/generated/contract";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { call, failureOf } from "@daybook/shared/platform/call";
import { useQueryClient } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FillScreen } from "../features/fill/FillScreen";
import { KeepCode } from "../features/signin/KeepCode";
import { SignInPlace } from "../features/signin/SignInPlace";
import { router } from "./router";
import "./app.css";

/** Which of the program's states is shown: it cannot start, nobody is in, the first fill, the work. */
export function Root() {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const { data: status, error, refetch } = useStatus();
  // Told this once; it stays until the person says so, whatever the engine does meanwhile.
  const [told, setTold] = useState<SignedIn | null>(null);
  const tell = (signedIn: SignedIn) => {
    if (signedIn.recovery_code !== null || signedIn.set_aside !== null) setTold(signedIn);
  };

  // The engine tells a code until it hears that the person has it, also after a new start.
  const code = told?.recovery_code ?? status?.recovery_code ?? null;
  const keep = async () => {
    if (code !== null) cache.setQueryData(at.status, await call("recovery_code_shown"));
    setTold(null);
  };

  if (told || code !== null) {
    return <KeepCode code={code} place={told?.set_aside ?? null} onKept={() => void keep()} />;
  }
  if (error && !status) {
    const failure = failureOf(error);
    if (failure.code === "cannot_open") return <SignInPlace shut={failure} onSignedIn={tell} />;
    return (
      <main className="cannot-start">
        <p className="wordmark">{t("app.name")}</p>
        <FailureNote failure={failure} onAgain={() => void refetch()} large />
      </main>
    );
  }
  if (!status) return null;
  if (!status.signed_in) return <SignInPlace shut={null} onSignedIn={tell} />;
  // A later fill (a rebuild) happens beside the work; the sync light tells of it.
  const isFirstFill = status.checkpoint === null;
  if (isFirstFill) return <FillScreen status={status} />;
  return <RouterProvider router={router} />;
}
