import { Radio } from "antd";
import type { ReactNode } from "react";

/** One setting: what it is, and which of a few values it has. */
export function Choice<T extends string | number>({
  name,
  hint,
  value,
  options,
  onChoose,
  children,
}: {
  name: string;
  hint: string;
  value: T;
  options: [T, string][];
  onChoose: (value: T) => void;
  /** What belongs to the chosen value. */
  children?: ReactNode;
}) {
  return (
    <section className="setting" aria-label={name}>
      <div>
        <h2>{name}</h2>
        <p className="quiet">{hint}</p>
      </div>
      <Radio.Group
        aria-label={name}
        optionType="button"
        value={value}
        options={options.map(([each, label]) => ({ value: each, label }))}
        onChange={(event) => onChoose(event.target.value as T)}
      />
      {children}
    </section>
  );
}
