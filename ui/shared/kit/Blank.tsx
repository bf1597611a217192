import type { ReactNode } from "react";
import "./failure.css";

/** An empty place that says why it is empty and what to do next. */
export function Blank({
  title,
  hint,
  children,
}: {
  title: string;
  hint?: string;
  children?: ReactNode;
}) {
  return (
    <div className="blank" role="status">
      <h2>{title}</h2>
      {hint && <p>{hint}</p>}
      {children && <div className="row">{children}</div>}
    </div>
  );
}
