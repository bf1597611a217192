import { useTitle } from "@daybook/shared/kit/title";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import "./signin.css";

interface Props {
  code: string | null;
  /** Where a copy lies that was put aside. */
  place: string | null;
  onKept: () => void;
}

/** What is told once: the code that opens the local copy should the keyring be lost. */
export function KeepCode({ code, place, onKept }: Props) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  useTitle(t("signIn.keepTitle"));
  return (
    <main className="sign-in">
      <div className="sign-in-card wide">
        <p className="wordmark">{t("app.name")}</p>
        <h1>{code ? t("signIn.keepTitle") : t("signIn.asideTitle")}</h1>
        {code && (
          <>
            <p>{t("signIn.keepLead")}</p>
            <output className="recovery-code" aria-label={t("signIn.recoveryCode")}>
              <bdi dir="ltr">{code}</bdi>
            </output>
            <div>
              {/* A second Enter after the password must not take away what is told only once. */}
              <Button
                autoFocus
                onClick={() => void navigator.clipboard.writeText(code).then(() => setCopied(true))}
              >
                {copied ? t("signIn.copied") : t("signIn.copyCode")}
              </Button>
            </div>
          </>
        )}
        {place && <p>{t("signIn.asidePlace", { place })}</p>}
        <Button type="primary" size="large" block onClick={onKept}>
          {code ? t("signIn.kept") : t("signIn.goOn")}
        </Button>
      </div>
    </main>
  );
}
