import { useStatus } from "@daybook/shared/data/queries";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { failureOf } from "@daybook/shared/platform/call";
import { RouterProvider } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { FillScreen } from "../features/fill/FillScreen";
import { SignInScreen } from "../features/signin/SignInScreen";
import { router } from "./router";
import "./app.css";

/** Which of the program's states is shown: it cannot start, nobody is in, the first fill, the work. */
export function Root() {
  const { t } = useTranslation();
  const { data: status, error, refetch } = useStatus();
  if (error && !status) {
    return (
      <main className="cannot-start">
        <p className="wordmark">{t("app.name")}</p>
        <FailureNote failure={failureOf(error)} onAgain={() => void refetch()} large />
      </main>
    );
  }
  if (!status) return null;
  if (!status.signed_in) return <SignInScreen />;
  // A later fill (a rebuild) happens beside the work; the sync light tells of it.
  const isFirstFill = status.checkpoint === null;
  if (isFirstFill) return <FillScreen status={status} />;
  return <RouterProvider router={router} />;
}
