import type { ReactNode } from "react";

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
  fault?: string | undefined;
  hint?: string | undefined;
  children: ReactNode;
}) {
  return (
    <div className="sign-in-line">
      <label htmlFor={`sign-in-${name}`}>{label}</label>
      {children}
      <p id={`sign-in-${name}-note`} className={fault ? "sign-in-fault" : "faint sign-in-hint"}>
        {fault ?? hint}
      </p>
    </div>
  );
}
