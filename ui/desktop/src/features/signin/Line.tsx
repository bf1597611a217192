import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Fault } from "./account";

/** One field of the sign-in with its label, and room for what is to be said about it. */
export function Line({
  name,
  label,
  fault,
  hint,
  children,
}: {
  name: string;
  label: string;
  fault?: Fault | undefined;
  hint?: string | undefined;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <div className="sign-in-line">
      <label htmlFor={`sign-in-${name}`}>{label}</label>
      {children}
      <p id={`sign-in-${name}-note`} className={fault ? "sign-in-fault" : "faint sign-in-hint"}>
        {fault ? t(`signIn.${fault}`) : hint}
      </p>
    </div>
  );
}
